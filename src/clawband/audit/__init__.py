"""The record's mathematics: an append-only log that can be checked without trusting who keeps it.

* `merkle`: RFC 6962 tree hashes, inclusion and consistency proofs.
* `tiles`: the tree cut into tiles of 256 hashes, so that a store serves proofs by a few reads.
* `note`, `checkpoint`: C2SP signed notes with Ed25519, and the tree head signed in them.
* `canonical`: the one encoding a leaf may have (RFC 8785).
* `bundle`: the export file and its offline verifier, one pass in O(log n) memory; `reading`,
  `order`, `chain` are its parts.
* `proof`: one leaf with everything needed to check it.
* `report`: what a verifier found: where, what, and what to do.

Rules kept here: bytes and iterables in, values out; no file, socket, clock or randomness, and a
private key is only ever seen as a callable. A verifier answers with a `Report` for any bytes;
`Error` is raised only to a caller who hands in something malformed where a value was asked for.
The formats are append-only and their bytes are pinned by tests.

What it leaves to others: what a leaf says (`entry`), where leaves and tiles are kept (stores),
when a checkpoint is signed and with which key (flows), how a report is printed (edges).
"""
