"""Codes that prove who has a number."""
