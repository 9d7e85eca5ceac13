"""The secret provider: what OpenClaw runs to have the values that its configuration refers to.

A program of its own, one file, that `clawband attach --secrets` puts into the state folder. It
knows nothing else of Clawband and nothing else imports it. It starts in milliseconds, so it imports
only what Python has built in and one extension module.
"""
