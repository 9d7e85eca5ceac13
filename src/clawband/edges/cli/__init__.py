"""The command line: one file per command group, a thin client of the operators' API."""
