"""The outside that we call: stores, gateways, keys. Each file implements one port."""
