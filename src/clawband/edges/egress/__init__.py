"""The egress proxy: nothing leaves the gateway's machine without a decision.

- `proxy`: listens, and knows what all connections share.
- `session`: one client's connection, message by message; `launches`: the launcher's words.
- `gate`: what all connections share: identity, limits, decisions, records.
- `reading`, `losses`: a request as it is decided, and what it would carry away.
- `opening`, `tunnel`, `requests`, `exchange`: what goes through, as bytes or as requests.
- `reach`: from a decision to a connection: name, addresses, the checked one.
- `wire`, `relay`: bytes and back pressure.

`docs/egress.md` explains it.
"""
