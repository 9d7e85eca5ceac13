"""Certificates: our own authority, ACME, files, and what servers elsewhere show."""
