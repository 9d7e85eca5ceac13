"""The command line: one file per command group, a thin client of the operators' API.

`main` finds the command and imports only its file, so that `clawband --help` answers at once.
`client` speaks to the server, `place` knows which server and who is signed in, `show` prints, and
`visible` keeps text of people and agents from acting on the terminal. Commands that must work
without a server (`audit verify`, `policy check`, `workflow check`) use the nouns directly; what
needs this machine (`serve`, the store) comes in as a `local.Local` from `clawband.__main__`.
"""
