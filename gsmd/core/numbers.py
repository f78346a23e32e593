"""Phone numbers as people type them, as the network wants them."""

import re

from gsmd.core.requests import Code, Refused

_SEPARATORS = re.compile(r"[\s\-./()\u00a0\u2010-\u2015]+")
_SHORT_CODE = 6
"""Digits up to which a number without ``+`` is a short code, not a subscriber."""


def normalise(typed: str, country: str | None) -> str:
    """The destination for a number as typed; ``country`` (ISO 3166) completes national ones.

    E.164 with ``+`` where that can be known; short codes and service codes stay as they are.
    Errors: `Refused` with the reason, for what can be nobody's number.
    """
    number = _SEPARATORS.sub("", typed)
    number = "+" + number[2:] if number.startswith("00") and len(number) > 8 else number
    if not re.fullmatch(r"\+?[0-9*#]+", number):
        raise _refused(f"{typed!r} is not a phone number", "bad_number")
    if is_short_code(number) or set(number) & set("*#"):
        if len(number) > 20:  # 3GPP TS 23.040 §9.1.2.5
            raise _refused(f"{typed!r} is longer than 20 digits", "bad_number")
        return number
    if number.startswith("+") or country:
        return _international(typed, number, country)
    if len(number) > 15:  # E.164
        raise _refused(f"{typed!r} is too long for a phone number", "bad_number")
    return number


def is_short_code(number: str) -> bool:
    """A number that is somebody's service, such as 36111."""
    return number.isdigit() and len(number) <= _SHORT_CODE


def is_alphanumeric(peer: str) -> bool:
    """A sender's name, such as ``Vodafone``: nothing can be sent to it."""
    return not re.fullmatch(r"\+?[0-9*#a-c]+", peer)


def same_subscriber(one: str, other: str) -> bool:
    """Whether two spellings may be one subscriber: the network may give +33612… back as 0612…."""
    if one == other:
        return True
    one, other = one.lstrip("+"), other.lstrip("+")
    shorter, longer = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return len(shorter) >= _SHORT_CODE + 1 and longer.endswith(shorter)


def _international(typed: str, number: str, country: str | None) -> str:
    import phonenumbers  # the tables cost memory: only for who sends to such numbers

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException as error:
        why = _UNREADABLE.get(error.error_type, "it cannot be anybody's number")
        raise _refused(f"{typed!r} is not a phone number: {why}", "bad_number") from None
    verdict = phonenumbers.is_possible_number_with_reason(parsed)
    if verdict != phonenumbers.ValidationResult.IS_POSSIBLE:
        why = _WHY.get(verdict, "it cannot be anybody's number")
        raise _refused(f"{typed!r} is not a phone number: {why}", "bad_number")
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


def _refused(message: str, reason: str) -> Refused:
    return Refused(Code.INVALID, message, reason=reason, field="to")
