"""The SIM card: whether it can be used, and its PIN."""
