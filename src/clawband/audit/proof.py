"""One leaf, provable by itself: the leaf, its place, its path, and the checkpoint it leads to.

    {"checkpoint":"<signed note>","clawband":"audit-proof","index":7,"key":"<verifier key>",
     "leaf":"<exact leaf text>","path":["<64 hex digits>", …],"v":1}

on one line, canonical JSON with a newline. It proves that the holder of the key had this leaf in
the log at this place when the checkpoint was signed. It does not prove that nobody was told
another story: for that, compare the checkpoint with one obtained elsewhere.
"""

from collections.abc import Sequence
from typing import Final

from clawband.audit.canonical import decode, encode
from clawband.audit.checkpoint import Checkpoint, read
from clawband.audit.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from clawband.audit.note import VerifierKey
from clawband.audit.report import Kind, Problem, Report
from clawband.model.errors import InputError

FORMAT: Final = "audit-proof"
VERSION: Final = 1
_FIELDS: Final = {"checkpoint", "clawband", "index", "key", "leaf", "path", "v"}
_ASK: Final = "ask for the proof again"


def write_proof(
    key: VerifierKey, leaf: bytes, index: int, path: Sequence[bytes], checkpoint: str
) -> bytes:
    """The proof as one line. `path` is `merkle.inclusion_path` at the checkpoint's size.

    Raises `InputError` when the proof would not verify: a wrong proof must not leave the house.
    """
    proof = encode(
        {
            "checkpoint": checkpoint,
            "clawband": FORMAT,
            "index": index,
            "key": str(key),
            "leaf": leaf.decode(errors="replace"),
            "path": [step.hex() for step in path],
            "v": VERSION,
        }
    )
    report = verify_proof(proof + b"\n", key=str(key))
    if not report.ok:
        raise InputError(report.problems[0].what, remedy=report.problems[0].remedy)
    return proof + b"\n"


def verify_proof(data: bytes, *, key: str | None = None) -> Report:
    """Check a proof. Whatever the bytes are, the answer is a `Report`; nothing is raised.

    `key` is the verifier key the auditor trusts; without it the proof vouches for itself.
    """
    verifier: VerifierKey | None = None
    checkpoint: Checkpoint | None = None
    kind, problems = Kind.FORMAT, []
    try:
        proof = _read(data)
        kind = Kind.KEY
        verifier = VerifierKey.parse(str(proof["key"]) if key is None else key)
        if proof["key"] != str(verifier):
            raise InputError(
                f"the proof is of another key, expected `{verifier}`",
                remedy="find out why the log's key changed before trusting it",
            )
        kind = Kind.CHECKPOINT
        checkpoint = read(str(proof["checkpoint"]), verifier)
        kind = Kind.EDITED
        _check_leaf(proof, checkpoint)
    except InputError as error:
        problems.append(Problem(kind, None, None, error.message, error.remedy))
    return Report(
        origin=verifier.name if verifier else "",
        key=str(verifier) if verifier else "",
        pinned=key is not None,
        size=checkpoint.size if checkpoint else 0,
        root=checkpoint.root if checkpoint else b"",
        proven=0 if problems or checkpoint is None else checkpoint.size,
        checkpoints=1 if checkpoint else 0,
        problems=tuple(problems),
    )


def _read(data: bytes) -> dict[str, object]:
    if not data.endswith(b"\n"):
        raise InputError("the proof does not end in a newline: it was cut", remedy=_ASK)
    proof = decode(data[:-1])
    texts = ("checkpoint", "key", "leaf")
    if set(proof) != _FIELDS or not all(isinstance(proof[name], str) for name in texts):
        raise InputError("the file is not an audit proof", remedy=_ASK)
    if proof["clawband"] != FORMAT or type(proof["v"]) is not int or proof["v"] != VERSION:
        raise InputError("the file is not an audit proof of version 1", remedy=_ASK)
    return proof


def _check_leaf(proof: dict[str, object], checkpoint: Checkpoint) -> None:
    leaf, index = str(proof["leaf"]).encode(), proof["index"]
    path = _hashes(proof["path"])
    if type(index) is not int or path is None:
        raise InputError("the proof has no usable index and path", remedy=_ASK)
    if not verify_inclusion(leaf_hash(leaf), index, checkpoint.size, path, checkpoint.root):
        raise InputError(
            f"the leaf is not at this place in the {checkpoint.size} leaves that were signed",
            remedy="do not believe the leaf; look it up in a verified export",
        )
    number = decode(leaf).get("n")
    if type(number) is not int or number != index:
        raise InputError("the leaf states another number than its place", remedy=_ASK)


def _hashes(path: object) -> list[bytes] | None:
    if not isinstance(path, list) or not all(isinstance(step, str) for step in path):
        return None
    try:
        hashes = [bytes.fromhex(step) for step in path]
    except ValueError:
        return None
    spelled = [step.hex() for step in hashes] == path
    return hashes if spelled and all(len(step) == HASH_BYTES for step in hashes) else None
