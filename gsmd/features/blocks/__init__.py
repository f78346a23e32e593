"""Senders that nobody wants to hear of."""
