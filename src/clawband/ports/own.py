"""A credential that Clawband uses itself, such as the password of the mail server."""

from collections.abc import Callable

Own = Callable[[], str]
"""Reads it anew, so that a new one needs no restart. May take seconds. Raises `UnavailableError`,
which says which setting to look at and nothing of the value."""
