"""Contests: codes on the pack, each good once, with prizes at once and by draw."""
