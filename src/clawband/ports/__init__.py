"""What the flows need from outside, as Protocols whose docstrings are the contract.

Each port has one contract suite under `tests/contracts/`; an adapter enrols with one line.
"""
