"""How Clawband speaks to a guarded gateway: OpenClaw's WebSocket protocol, version 4."""
