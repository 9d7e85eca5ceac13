"""Full containment: definitions as text, and checks on facts read from a running process.

A `definition.Definition` says what one contained gateway may see and reach. `firewall`, `seccomp`,
`systemd`, `container` render it; `packet` reads what tried to leave; `checks` compares what runs
with what was promised. Pure: `adapters/kernel` does what is said here.
"""
