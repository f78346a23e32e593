"""Types of the single values of the configuration, and the words that an error has for them."""

import re
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gsmd import hours, numbers
from gsmd.config import durations
from gsmd.config.errors import Impossible
from gsmd.hours import Hours


def parse_mode(value: object) -> int:
    """The permission bits of ``"0660"``. Errors: `Impossible`, also for numbers, whose base YAML hides."""
    expected = 'four octal digits in quotes, like "0660"'
    if not isinstance(value, str) or re.fullmatch(r"0[0-7]{3}", value) is None:
        raise Impossible(expected)
    return int(value, 8)


def parse_path(value: object) -> Path:
    """An absolute path. Errors: `Impossible`."""
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise Impossible("an absolute path, like /var/lib/gsmd")
    return Path(value)


def parse_regex(value: object) -> str:
    """A regular expression in Python's syntax, unchanged. Errors: `Impossible`."""
    expected = "a regular expression (Python's syntax)"
    if not isinstance(value, str):
        raise Impossible(expected)
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError) as error:
        raise Impossible(expected, found=f"{value!r} ({error})") from error
    return value


def parse_arguments(value: object) -> tuple[str, ...]:
    """A program and its arguments. Errors: `Impossible`, also for a string: there is no shell to split it."""
    if (
        isinstance(value, list | tuple)
        and value
        and all(isinstance(word, str) and "\0" not in word for word in value)
        and value[0].startswith("/")
    ):
        return tuple(value)
    raise Impossible(
        "a list of the program's absolute path and its arguments, like [/usr/local/bin/balance, --short]; "
        "there is no shell, and arguments that look like numbers are put in quotes"
    )


def parse_moment(value: object) -> datetime:
    """A time with its offset from UTC. Errors: `Impossible`."""
    expected = "a time with its offset, like 2026-01-31T18:00:00+01:00"
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Impossible(expected)
    return at


def parse_hours(value: object) -> Hours:
    """A part of the day that is not empty. Errors: `Impossible`."""
    expected = 'a part of the day in quotes, like "08:00-18:30"'
    try:
        found = hours.parse(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise Impossible(expected)
    if found.begin == found.end:
        raise Impossible(f"{expected}, that ends at another time than it begins")
    return found


def text_like(pattern: str, description: str) -> Meta:
    """Text of that form."""
    return Meta(pattern=pattern, description=description)


def number_like(pattern: str, description: str) -> Meta:
    """Text of that form, without what comes along when a number is copied."""
    return Meta(pattern=pattern, description=description, extra={"clean": numbers.plain})


def parsed(parse: Any, **limits: Any) -> Meta:
    """Metadata of a value that ``parse`` converts."""
    return Meta(extra={"parse": parse}, **limits)


type_of_name = "a name: letters, digits, '.', '_' and '-', at most 64, a letter or digit first"
Name = Annotated[str, text_like(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z", type_of_name)]
Seconds = Annotated[float, parsed(durations.parse_duration)]
Waiting = Annotated[
    float, parsed(durations.parse_duration, gt=0, description=durations.EXPECTED + ", above 0")
]
AbsolutePath = Annotated[Path, parsed(parse_path)]
Arguments = Annotated[tuple[str, ...], parsed(parse_arguments)]
Regex = Annotated[str, parsed(parse_regex)]
Account = Annotated[
    str,
    text_like(r"^[^\s:,/\0][^\s:,/\0]{0,63}\Z", "the name of a user or a group of this machine"),
]
Number = Annotated[
    str, number_like(r"^\+?[0-9*#]{1,20}\Z", 'a number in quotes, like "+33609001390"')
]
NumberPrefix = Annotated[
    str,
    text_like(
        r"^(\*|\+[1-9][0-9]{0,14})\Z",
        'the beginning of an international number in quotes, + and digits, like "+33", or "*" for all',
    ),
]
Peer = Annotated[
    str,
    number_like(
        r"^(\*|[^*\s][^*]{0,19}\*?)\Z",
        'a number, a sender\'s name, or the beginning of one and a *, in quotes, like "+33*"',
    ),
]
Word = Annotated[
    str, text_like(r"^\S{1,40}\Z", "one word, in quotes if it is a number, yes, no, on or off")
]
Count = Annotated[int, Meta(ge=1, le=1_000_000, description="a whole number, 1 or more")]
Digits15 = Annotated[str, text_like(r"^[0-9]{15}\Z", "the 15 digits of an IMEI (*#06#), in quotes")]
Iccid = Annotated[
    str, text_like(r"^89[0-9]{16,18}\Z", "the 18 to 20 digits printed on the SIM, in quotes")
]
UsbId = Annotated[
    str,
    text_like(r"^[0-9a-fA-F]{4}:[0-9a-fA-F]{4}\Z", 'a USB id as lsusb shows it, like "12d1:1506"'),
]
Country = Annotated[str, text_like(r"^[A-Z]{2}\Z", 'an ISO 3166 country in quotes, like "FR"')]
Url = Annotated[
    str, text_like(r"^https?://[^\s/?#@]+(/[^\s]*|\?[^\s]*)?\Z", "an http:// or https:// address")
]
Listen = Annotated[
    str,
    text_like(
        r"^(127(\.[0-9]{1,3}){3}|\[::1\]|localhost):[0-9]{1,5}\Z",
        'a loopback address and a port, like "127.0.0.1:9123"',
    ),
]
Pattern = Annotated[
    str,
    number_like(
        r"^[^\s]{1,40}\Z", 'a number or a sender\'s name, with * for anything, like "+33899*"'
    ),
]
Text = Annotated[str, text_like(r"^(?s:.{1,1600})\Z", "a text of 1 to 1600 characters, in quotes")]
Moment = Annotated[datetime, parsed(parse_moment)]
PartOfDay = Annotated[Hours, parsed(parse_hours)]
Kind = Literal["text", "data", "report", "notice"]


def later(target: str) -> Any:
    """The type of a section whose struct, ``module:Name``, is imported only where a file has the section."""
    return Annotated[Section, Meta(extra={"later": target})]


def now(meta: Meta | None) -> type["Section"] | None:
    """The struct that `later` put off, imported; None if the type is no such section."""
    target = meta and meta.extra and meta.extra.get("later")
    if not target:
        return None
    module, _, name = target.partition(":")
    struct: type[Section] = getattr(import_module(module), name)
    return struct


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping of the file."""
