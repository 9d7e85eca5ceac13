"""Attacks by somebody who knows the defence, and honest cases beside them."""
