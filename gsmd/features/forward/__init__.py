"""Forwarding: what comes in goes on to another number."""
