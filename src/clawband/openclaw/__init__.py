"""The protected system's language: hook payloads, tools and configuration, into our values.

Pure: bytes and mappings in, `Request` and `Event` values out. What OpenClaw really does, and how
that was established, is written in `docs/openclaw.md`.
"""
