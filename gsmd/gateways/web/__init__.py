"""The web gateway: pages and REST over HTTP."""
