"""Clawband: the security control plane for OpenClaw deployments.

A decision point with two enforcement points and one record. `docs/decision-path.md` maps every
step of a decision to the file that takes it; start there.
"""

__version__ = "0.1.0"
