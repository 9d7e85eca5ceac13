"""Information flow: labels on data, joined as a session reads, checked at the call.

Pure. `lattice` holds the laws (join, flows-to; no label falls by itself), `taint` says which
label a message or a tool's result brings into a session. Unknown origin is `OUTSIDE`.
"""
