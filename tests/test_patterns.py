"""Patterns that are compiled at their first use, and all those that gsmd has."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import gsmd
from gsmd.patterns import pattern, put_off


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


def test_what_a_package_compiles_for_itself_waits_for_its_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "eager_one.py").write_text("import re\nWORD = re.compile('a+', re.IGNORECASE)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    compile_ = re.compile
    with put_off("eager_one"):
        word = import_module("eager_one").WORD
        assert isinstance(re.compile("b"), re.Pattern)  # not that package's
    assert re.compile is compile_
    assert not isinstance(word, re.Pattern)
    assert word.fullmatch("AA") is not None
