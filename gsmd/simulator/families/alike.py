"""What several families have alike."""

ALL_FOUR = (("ME", "MT", "SM", "SR"),) * 3
"""Storages to read from, to write to and to receive in."""

TWO = (("ME", "SM", "MT"),) * 3
"""The same without one for status reports."""

SECOND_GENERATION = frozenset({"+CEREG"})
"""The commands that a modem without LTE does not know."""

WITHOUT_CPINR = frozenset({"+CPINR"})
"""For those that tell otherwise, or not at all, how many tries a PIN has left."""
