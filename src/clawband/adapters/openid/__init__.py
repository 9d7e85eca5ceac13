"""Issuers of signed tokens over HTTPS.

- `fetch`: one bounded request.
- `tokens`: the signature of a token, by the keys of its issuer.
- `issuers`: the port, with what an issuer said remembered for a while.
"""
