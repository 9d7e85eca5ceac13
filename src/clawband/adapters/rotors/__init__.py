"""Rotors: where credentials are issued and ended, a file for each kind of issuer."""
