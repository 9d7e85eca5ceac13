"""Enforcement: what ties an act that happens to the decision that permitted it.

- `token`: a signed, short-lived, single-use proof of one permit, bound to its exact action.
- `lease`: a permit kept open for the network, for tools that cannot carry a token.
- `credentials`: how a gateway and a permitted command name themselves at the egress boundary.

Pure: time and entropy come in, nothing is read or sent.
"""
