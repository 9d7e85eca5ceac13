"""One file per version: `NNNN_verb_object.py`."""
