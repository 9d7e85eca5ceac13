"""The front doors: an identity-aware reverse proxy before each gateway, in a process of its own.

The server's part:
- `process` keeps the program running; `desk` answers what it asks: who somebody is.

The program, `python -m clawband.edges.ingress`, reads what strangers send and holds no key but
those of the doors' certificates:
- `listener` takes connections, `session` is one of them, request by request.
- `house` is what all of them share: doors, people, limits; `pages` is what it says itself.
- `exchange` is one request to the gateway and back, `relay` a WebSocket, `line` their bytes.

`channel` is what both parts speak. `docs/front-door.md` explains it.
"""
