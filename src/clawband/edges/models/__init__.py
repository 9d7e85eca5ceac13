"""The model gateway: what a gateway sends to its model provider and gets back, seen and decided."""
