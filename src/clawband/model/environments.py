"""Environments: what is kept apart from each other, identities and rights included."""

from typing import Final

ENVIRONMENTS: Final = ("dev", "staging", "production")
"""Each gateway is in one of them."""
