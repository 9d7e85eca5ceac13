"""The egress proxy: nothing leaves the gateway's machine without a decision.

- `proxy`: listens, and knows what all connections share.
- `session`: one client's connection, message by message.
- `tunnel`, `exchange`: what goes through: bytes behind a `CONNECT`, or one request.
- `reach`: from a decision to a connection: name, addresses, the checked one.
- `wire`, `relay`: bytes and back pressure.

`docs/egress.md` explains it.
"""
