"""Document: what Clawband keeps about people and their work, one small record at a time.

Credentials, elevations, reviews, keys and the like are few, change one by one, and are read with
every request: each is a document of its kind, in memory, replaced only by who saw its last version.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """`kind` and `id` name it, `version` counts from 1, `body` is JSON."""

    kind: str
    id: str
    version: int
    body: bytes
