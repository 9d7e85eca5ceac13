"""Schema versions, forward only. A test proves them equal to `tables`."""
