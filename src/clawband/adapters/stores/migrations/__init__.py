"""Schema versions, forward only. `tests/adapters/stores/test_migrations.py` proves them equal to `tables`."""
