"""Real mail servers around the gateway: ``make mail-servers``."""
