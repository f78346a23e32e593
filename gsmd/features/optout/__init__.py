"""Opt-out: who wants no messages from us is sent none."""
