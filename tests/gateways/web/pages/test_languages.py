"""Every word of the pages in every language."""

import string
from collections.abc import Iterator

import pytest

from gsmd.gateways.web.accounts import passwords, users
from gsmd.gateways.web.pages.languages import NAMES, accepted, language, parse
from tests.gateways.web.pages.messages import everything


def _refusals() -> Iterator[str]:
    """What the accounts say of passwords and names."""
    for word in ("short", "x" * 200, "aaaaaaaaaaaaaaaa", "password1234"):
        with pytest.raises(passwords.Unsuitable) as refused:
            passwords.check(word, "anna")
        yield str(refused.value)
    with pytest.raises(users.BadName) as bad:
        users.check_name(" ")
    yield str(bad.value)


OF_ACCOUNTS = tuple(_refusals())


@pytest.mark.parametrize("code", sorted(set(NAMES) - {"en"}))
def test_every_message_is_translated_and_keeps_its_places(code: str) -> None:
    known = language(code)
    wanted = {**everything(), **dict.fromkeys(OF_ACCOUNTS, "accounts")}
    missing = {m: place for m, place in wanted.items() if not known.knows(m)}
    assert missing == {}
    for message in everything():
        said = known.say(message)
        assert _places(said) == _places(message), (message, said)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("it,fr;q=0.5", "fr"),
        ("en;q=0.1, es;q=0.9", "es"),
        ("tlh", "en"),
        ("de;q=x", "de"),
    ],
)
def test_the_language_is_the_one_that_the_browser_likes_best(header: str, code: str) -> None:
    assert accepted(header) == code


def test_a_catalogue_is_read_as_gettext_reads_it() -> None:
    source = """
# a comment
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=n > 1;\\n"

msgid "one"
"  two"
msgstr "a\\"b\\n"

msgid "{n} SMS"
msgid_plural "{n} SMSs"
msgstr[0] "un"
msgstr[1] "plusieurs"

msgid "not yet"
msgstr ""
"""
    assert dict(parse(source)) == {
        "": ("Plural-Forms: nplurals=2; plural=n > 1;\n",),
        "one  two": ('a"b\n',),
        "{n} SMS": ("un", "plusieurs"),
    }


def test_plurals_follow_the_language() -> None:
    assert [language("fr").count("{n} try", "{n} tries", n).format(n=n) for n in (0, 1, 2)] == [
        "0 essai",
        "1 essai",
        "2 essais",
    ]


def test_no_language_says_more_than_there_is() -> None:
    wanted = {"", *everything(), *OF_ACCOUNTS}
    for code in set(NAMES) - {"en"}:
        assert set(language(code)._said) - wanted == set(), code
