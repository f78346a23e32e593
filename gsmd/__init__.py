"""gsmd: the SMS daemon for GSM modems."""

__version__ = "0.1.0"
