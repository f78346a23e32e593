"""Campaigns: one text to everybody on a list."""
