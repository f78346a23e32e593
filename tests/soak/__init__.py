"""All of gsmd for hours: eight modems with faults, phones, and every door at once. ``python -m tests.soak --help``."""
