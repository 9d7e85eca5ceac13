"""Seal the log: sign its head, prove a leaf, export everything."""

from collections.abc import Iterator
from datetime import datetime

from clawband.audit import bundle, checkpoint
from clawband.audit.merkle import Frontier, inclusion_path
from clawband.audit.note import VerifierKey
from clawband.audit.proof import write_proof
from clawband.audit.tiles import TileReader
from clawband.model.errors import ConflictError, InvariantError, NotFoundError
from clawband.ports.sign import Signer
from clawband.ports.store import Records
from clawband.ports.unit import KeepCheckpoint
from clawband.ports.witness import Witness


def key_of(signer: Signer) -> VerifierKey:
    """The verifier key an auditor pins."""
    return VerifierKey(signer.name, signer.public_key)


def seal(
    records: Records, signer: Signer, witness: Witness, *, now: datetime
) -> KeepCheckpoint | None:
    """Sign the head of the log; None when the newest checkpoint already covers it.

    1. The tree must extend what the witness saw last, or nothing is signed: signing two histories
       is the one thing a log cannot take back.
    2. Sign.
    3. Tell the witness. If we stop here the store lacks a checkpoint that the witness has; the
       next one covers both.

    Raises `InvariantError` when the log is not the one that was sealed before. The caller commits
    the checkpoint.
    """
    size = records.size()
    reader = TileReader(records.tile, size, records.edge(size))
    seen = check_witness(records, signer, witness)
    if size == 0 or (seen and seen.size == size):
        return None
    root = Frontier.at(size, reader.node).root()
    note = str(checkpoint.seal(size, root, key_of(signer), signer.sign))
    witness.keep(note)
    return KeepCheckpoint(size, note, now)


def check_witness(
    records: Records, signer: Signer, witness: Witness
) -> checkpoint.Checkpoint | None:
    """The head the witness saw last, if the log still extends it; raises `InvariantError`."""
    note = witness.last()
    if note is None:
        return None
    seen = checkpoint.read(note, key_of(signer))
    size = records.size()
    if size < seen.size:
        raise InvariantError(
            f"the log holds {size} leaves, but {seen.size} were sealed: it was cut or replaced "
            "by an older copy",
            remedy="restore the newest copy of the store; to go on without the lost leaves, move "
            "the witness file aside, which later verifications will show",
        )
    reader = TileReader(records.tile, size, records.edge(size))
    if Frontier.at(seen.size, reader.node).root() != seen.root:
        raise InvariantError(
            f"the first {seen.size} leaves are not the ones that were sealed",
            remedy="find the damage with `clawband audit verify --store`, then restore a backup",
        )
    return seen


def prove(id: str, records: Records, signer: Signer) -> bytes:
    """A self-contained proof that the event is in the log, against the newest checkpoint."""
    leaf = records.leaf(id)
    if leaf is None:
        raise NotFoundError(f"there is no event `{id[:60]}`", remedy="copy the whole id")
    checkpoints = records.checkpoints(newest=True)
    newest = checkpoints[-1] if checkpoints else None
    if newest is None or newest.size <= leaf.index:
        raise ConflictError(
            f"`{id}` is not under a checkpoint yet", remedy="ask again in a few seconds"
        )
    reader = TileReader(records.tile, newest.size, records.edge(newest.size))
    path = inclusion_path(leaf.index, newest.size, reader.node)
    return write_proof(key_of(signer), leaf.body, leaf.index, path, newest.note)


def export(records: Records, signer: Signer) -> Iterator[bytes]:
    """The lines of an export up to the newest checkpoint."""
    checkpoints = records.checkpoints()
    notes = [kept.note for kept in checkpoints]
    size = checkpoints[-1].size if checkpoints else 0
    return bundle.write(key_of(signer), records.bodies(0, size), notes)
