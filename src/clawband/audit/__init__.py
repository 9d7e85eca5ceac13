"""The log's mathematics: canonical leaves, an RFC 6962 Merkle tree, signed C2SP checkpoints.

Pure: bytes in, values out. A store keeps the leaves; `flows.seal` signs; `bundle` verifies an
export offline, without a server.
"""
