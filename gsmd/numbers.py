"""Phone numbers: as people type them, as networks give them, and which of them are one subscriber.

A subscriber has one canonical spelling here: E.164 with ``+``. People and networks have many:
``06 12 34 56 78``, ``0033612345678``, ``tel:+33612345678`` between invisible marks that came along
with a copy; TP-OA with a type of number that is national or unknown (3GPP TS 23.040 §9.1.2.5).
Short codes, service codes and senders' names are nobody's number, and keep their spelling.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from gsmd.patterns import pattern

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

SHORT_CODE = 6
"""Digits up to which a number without ``+`` is a short code, not a subscriber."""

_LONGEST = 15
"""Digits of a number, without ``+`` (ITU-T E.164 §6.1)."""

_LONGEST_DIALLED = 20
"""Digits that an address has room for (3GPP TS 23.040 §9.1.2.5)."""

_SEPARATORS = pattern(r"[\s\-./()\u2010-\u2015\u2212]+")
_SCHEME = pattern(r"(?:tel|sms|smsto):(?://)?", re.IGNORECASE | re.ASCII)
_IGNORABLE = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)}
)
"""Invisible characters besides formats (Unicode: Default_Ignorable_Code_Point)."""

_FULL_WIDTH = {0xFEE0 + ord(plain): plain for plain in "0123456789+*#-./()"}
_COUNTRY_CODES = (1, 2, 3)  # how many digits they have (ITU-T E.164 §6.2.1)
_TRUNK_PREFIXES = ("", "0", "8", "06", "1")
"""The digits with which national numbers begin when they are dialled, in one country or another."""


class NotANumber(ValueError):
    """A typed number that can be nobody's; the text says why, for people."""


def bare(typed: str) -> str:
    """A number without what comes along when it is copied: invisible marks, separators, ``tel:``.

    Full-width digits become plain ones. What else is there stays, so that it can be complained of.
    """
    visible = "".join(
        _FULL_WIDTH.get(ord(character), character)
        for character in typed
        if not _is_invisible(character)
    ).strip()
    if scheme := _SCHEME.match(visible):
        visible = visible[scheme.end() :].partition(";")[0]  # RFC 3966: parameters follow
    return _SEPARATORS.sub("", visible)


def plain(typed: str) -> str:
    """`bare`, where that leaves a number, or the beginning of one and ``*``; anything else, such as a name, as it is."""
    number = bare(typed)
    return number if re.fullmatch(r"\+?[0-9]+\*?", number) else typed


def _is_invisible(character: str) -> bool:
    return not character.isascii() and (
        ord(character) in _IGNORABLE or unicodedata.category(character) in {"Cf", "Me"}
    )


def normalise(typed: str, country: str | None) -> str:
    """The destination for a number as typed; ``country`` (ISO 3166) completes national ones.

    E.164 with ``+`` where that can be known; short codes and service codes stay as they are.
    Errors: `NotANumber`.
    """
    number = _without_idd(bare(typed))
    if not re.fullmatch(r"\+?[0-9*#]+", number):
        raise NotANumber(f"{typed!r} is not a phone number")
    if is_short_code(number) or set(number) & set("*#"):
        if len(number) > _LONGEST_DIALLED:
            raise NotANumber(f"{typed!r} is longer than {_LONGEST_DIALLED} digits")
        return number
    if number.startswith("+") or country:
        return _international(typed, number, country)
    if len(number) > _LONGEST:
        raise NotANumber(f"{typed!r} is too long for a phone number")
    return number


def canonical(
    number: str,
    country: str | None,
    *,
    national: bool = False,
    known: Callable[[str], bool] = lambda _number: False,
) -> str:
    """The one spelling of the subscriber whom a network calls ``number``; never an error.

    ``country``: where the SIM that heard it is at home. ``national``: the network says that it is a
    national number. ``known`` says whether something has to do with a number already: what is not
    surely a national number is one if it is known in full. What tells no subscriber stays as it is.
    """
    number = _without_idd(number)
    if not (number.isascii() and number.isdigit()) or is_short_code(number) or not country:
        return number
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return _abroad(number)
    full = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if national or _is_surely(number, parsed, country) or known(full):
        return full
    return number


@lru_cache(256)
def spellings(number: str, country: str | None) -> tuple[str, ...]:
    """The ways to spell the subscriber with this canonical number, this one first.

    For looking up what was written down when their country was not known yet. National numbers are
    taken to be of ``country``; where that is not known, of the number's own, whose length and trunk
    prefix are then guessed: that has spellings that no network uses.
    """
    if not number.startswith("+"):
        return (number,)
    digits = number[1:]
    found = dict.fromkeys((number, digits, f"00{digits}"))
    for code, prefixes in _national_plans(country):
        significant = digits[code:] if isinstance(code, int) else digits.removeprefix(code)
        if significant != digits and len(significant) > SHORT_CODE:
            found.update(dict.fromkeys(prefix + significant for prefix in prefixes))
    return tuple(found)


def _national_plans(country: str | None) -> Iterator[tuple[str | int, tuple[str, ...]]]:
    """Country codes, or how long one may be, with the prefixes of national numbers."""
    if country is None:
        yield from ((length, _TRUNK_PREFIXES) for length in _COUNTRY_CODES)
        return
    import phonenumbers

    code = phonenumbers.country_code_for_region(country)
    yield str(code), ("", _trunk_prefix(country))


def _trunk_prefix(country: str) -> str:
    """The trunk prefix of national calls in that country; empty in many."""
    import phonenumbers

    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    return (metadata and metadata.national_prefix) or ""


def is_short_code(number: str) -> bool:
    """A number that is somebody's service, such as 36111."""
    return number.isdigit() and len(number) <= SHORT_CODE


def is_alphanumeric(peer: str) -> bool:
    """A sender's name, such as ``Vodafone``: nothing can be sent to it."""
    return not re.fullmatch(r"\+?[0-9*#a-c]+", peer)


def same_subscriber(one: str, other: str) -> bool:
    """True if two spellings may be one subscriber: the network may give +33612… back as 0612…."""
    if one == other:
        return True
    if one.startswith("+") and other.startswith("+"):
        return False
    one, other = one.lstrip("+"), other.lstrip("+")
    shorter, longer = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return len(shorter) > SHORT_CODE and longer.endswith(shorter)


def is_same_number(one: str, other: str) -> bool:
    """True if both are numbers, and may be one subscriber's; names are never."""
    return not (is_alphanumeric(one) or is_alphanumeric(other)) and same_subscriber(one, other)


def _without_idd(number: str) -> str:
    """``00`` is how most of the world dials ``+``."""
    return "+" + number[2:] if number.startswith("00") and len(number) > 8 else number


def _is_surely(number: str, parsed: "PhoneNumber", country: str) -> bool:
    """True if these digits are a number of the country and nothing else, such as a long service number.

    They are if they begin as one does that is dialled, or if they are somebody's mobile.
    """
    import phonenumbers

    prefix = _trunk_prefix(country)
    significant = phonenumbers.national_significant_number(parsed)
    if prefix and number == prefix + significant:
        return True
    if not phonenumbers.is_valid_number(parsed):
        return False
    mobile = {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
    return not prefix or number != significant or phonenumbers.number_type(parsed) in mobile


def _abroad(number: str) -> str:
    """A number with its country code, whose ``+`` the network has left out; else as it is."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(f"+{number}", None)
    except phonenumbers.NumberParseException:
        return number
    return f"+{number}" if phonenumbers.is_valid_number(parsed) else number


@lru_cache(256)  # one message asks more than once
def _international(typed: str, number: str, country: str | None) -> str:
    import phonenumbers  # the tables cost memory: only for who sends to such numbers

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException as error:
        why = _UNREADABLE.get(error.error_type, "it cannot be anybody's number")
        raise NotANumber(f"{typed!r} is not a phone number: {why}") from None
    verdict = phonenumbers.is_possible_number_with_reason(parsed)
    if verdict != phonenumbers.ValidationResult.IS_POSSIBLE:
        why = _WHY.get(verdict, "it cannot be anybody's number")
        raise NotANumber(f"{typed!r} is not a phone number: {why}")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


_UNREADABLE = {
    # phonenumbers.NumberParseException
    0: "no country has this code",
    2: "it is too short",
    3: "it is too short",
    4: "it is too long",
}

_WHY = {
    # phonenumbers.ValidationResult
    1: "no country has this code",
    2: "it is too short",
    3: "it is too long",
    4: "it lacks the area code",
    5: "it has the wrong length for its country",
}
