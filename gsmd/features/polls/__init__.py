"""Polls: votes by SMS, one of each number."""
