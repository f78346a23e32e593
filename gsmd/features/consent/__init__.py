"""Consent: who agreed to get what, with the proof of it."""
