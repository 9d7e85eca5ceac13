"""The schema, once, for every SQL dialect. `migrations/` brings a store to it."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

leaves = Table(
    "leaves",
    metadata,
    # The index in the Merkle tree. Rows are only ever inserted, by the one writer, in order.
    Column(
        "n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    ),
    Column("id", String(40), nullable=False),
    Column("at", String(27), nullable=False),
    Column("tag", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("trace", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("leaves_id", "id", unique=True),
    *(
        Index(
            f"leaves_{name}",
            name,
            sqlite_where=text(f"{name} <> ''"),
            postgresql_where=text(f"{name} <> ''"),
        )
        for name in ("run", "session", "cause", "agent", "call", "message", "trace")
    ),
    # The newest of a kind, and whether it is new enough, without a look at the leaf.
    Index("leaves_tag", "tag", "n", "at"),
)

tiles = Table(
    "tiles",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("note", Text, nullable=False),
    Column("at", String(27), nullable=False),
)

payloads = Table(
    "payloads",
    metadata,
    Column("digest", String(71), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    Column("session", Text, primary_key=True),
    Column("integrity", Integer, nullable=False),
    Column("confidentiality", Integer, nullable=False),
    Column("sources", Text, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("session", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("at", String(27), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("source", Text, nullable=False),
    Column("integrity", Integer, nullable=False),
    Column("confidentiality", Integer, nullable=False),
    Column("sources", Text, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("referred", Integer, nullable=False),
    Column("attested", Text, nullable=False),
    Column("tags", Text, nullable=False),
    # Where the text is kept, sealed; it is not here a second time.
    Column("payload", String(71), nullable=False),
    Index("readings_id", "session", "id", unique=True),
    Index("readings_session", "session", "n"),
)

endorsements = Table(
    "endorsements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("opened", String(27), nullable=False),
    Column("expires", String(27), nullable=False),
    Column("revoked", String(27), nullable=False),
    Column("body", Text, nullable=False),
    Index("endorsements_opened", "opened"),
    Index("endorsements_standing", "revoked", "expires"),
)


def _written() -> list[Column[Any]]:
    return [
        Column("at", String(27), nullable=False),
        Column("integrity", Integer, nullable=False),
        Column("confidentiality", Integer, nullable=False),
        Column("sources", Text, nullable=False),
        Column("decision", Text, nullable=False),
        Column("payload", String(71), nullable=False),
        Column("quarantine", Text, nullable=False),
    ]


# The newest version of each path; every version is in `versions`.
places = Table(
    "places",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    *_written(),
)

versions = Table(
    "versions",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("agent", Text, nullable=False),
    Column("path", Text, nullable=False),
    *_written(),
    Index("versions_agent", "agent", "path", "n"),
    Index("versions_path", "path", "n"),
)

destinations = Table(
    "destinations",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("destination", Text, primary_key=True),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("request", String(71), nullable=False),
    Column("state", String(10), nullable=False),
    Column("grants", Integer, nullable=False),
    Column("opened", String(27), nullable=False),
    Column("body", Text, nullable=False),
    # At most one approval may be open for one exact request: asking twice makes one card, and a
    # granted one cannot be multiplied by asking again.
    Index(
        "approvals_open_request",
        "request",
        unique=True,
        sqlite_where=text("state IN ('pending', 'granted')"),
        postgresql_where=text("state IN ('pending', 'granted')"),
    ),
    Index("approvals_state", "state", "opened"),
)

controls = Table(
    "controls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String(27), nullable=False),
    Column("reason", Text, nullable=False),
)

activations = Table(
    "activations",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(71), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String(27), nullable=False),
    Column("note", Text, nullable=False),
)

operators = Table(
    "operators",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("roles", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("added", String(27), nullable=False),
    Column("password_hash", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("operator", String(64), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("opened", String(27), nullable=False),
    Column("expires", String(27), nullable=False),
    Column("assurance", Integer, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

gateways = Table(
    "gateways",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("environment", String(64), nullable=False),
    Column("credential", String(64), nullable=False, unique=True),
    Column("enrolled", String(27), nullable=False),
)
