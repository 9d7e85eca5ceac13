"""Where paths really lead on this machine, and what of that is guarded."""
