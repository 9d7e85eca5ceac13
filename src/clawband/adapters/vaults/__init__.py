"""Vaults: our own, and those that a team has already."""
