"""Operators of Clawband: roles, what each may do, and the rules a session obeys.

Pure rules; hashing and storage are adapters behind ports. Local accounts now; passkeys and single
sign-on fit the same `SignedIn` value.
"""
