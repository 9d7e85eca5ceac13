"""The vocabulary: frozen values with no behaviour beyond their own consistency.

Everything else in Clawband speaks in these words: principal, action, resource, context, label,
permit, deny, hold, approval, event, control. Nothing here reads a clock, a file, a socket or a
database; times and entropy arrive as arguments. Only the standard library and the RFC 8785
encoder (`digest`) are used, so that the vocabulary can be replayed and fuzzed anywhere.
"""
