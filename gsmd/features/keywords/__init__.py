"""Keywords: what a text begins with decides what happens."""
