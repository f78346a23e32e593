"""Patterns that are compiled at their first use, and all those that gsmd has."""

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest

import gsmd
from gsmd.patterns import pattern


def test_a_pattern_is_used_like_a_compiled_one() -> None:
    word = pattern(r"(b)an", re.IGNORECASE)
    assert word.sub(r"\1in", "Banana") == "Binana"
    assert word.pattern == r"(b)an"
    assert word.fullmatch("BAN") is not None


def test_octets_have_patterns_too() -> None:
    assert pattern(rb"\r?\n").split(b"one\r\ntwo\n") == [b"one", b"two", b""]


def test_a_mistake_is_found_at_the_first_use() -> None:
    mistaken = pattern("(")
    with pytest.raises(re.error):
        mistaken.match("")


def test_every_pattern_of_gsmd_compiles() -> None:
    lazy = type(pattern(""))
    found = [
        value
        for each in walk_packages(gsmd.__path__, "gsmd.")
        if not each.name.endswith("__main__")
        for value in vars(import_module(each.name)).values()
        if isinstance(value, lazy)
    ]
    assert len(found) > 50
    assert all(each.pattern for each in found)
