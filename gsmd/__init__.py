"""gsmd: the SMS daemon for GSM modems."""

__version__ = "0.2.0"
