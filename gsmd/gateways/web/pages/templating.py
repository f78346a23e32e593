"""The templates, and the words that they have beside Jinja's own.

Everything is escaped. What a daemon of another version does not tell is shown as nothing. Whatever is shown of a message goes through `gsmd.gateways.web.pages.texts`.
"""

import math
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader

from gsmd.gateways.web.pages import moments, texts, wording
from gsmd.gateways.web.pages.icons import ICONS
from gsmd.protocol.method import Role


def environment() -> Environment:
    """The environment of all templates."""
    made = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        pieces=texts.pieces,
        line=texts.line,
        iso=moments.iso,
        when=moments.when,
        day=moments.day,
        tick=moments.tick,
        segment=moments.segment,
        digits=digits,
        percent=percent,
        points=points,
        share=share,
        by_number=by_number,
    )
    made.globals.update(ICONS=ICONS, Role=Role, options_of=options_of, **wording.WORDS)
    return made


def digits(value: float) -> str:
    """A whole number in groups of three."""
    return f"{value:,.0f}".replace(",", "\u202f")


def by_number(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """How often each number was said, the least number first."""
    return sorted(counts.items(), key=lambda each: _figure(each[0]))


def _figure(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # said when the question was another one
        return math.inf


def options_of(names: list[str]) -> list[tuple[str, str]]:
    """Options of a choice that are called what they are."""
    return [(each, each) for each in names]


def percent(part: float | None) -> str:
    """A part of 1 in percent; a dash for what nobody knows."""
    if part is None:
        return "–"
    value = 100 * part
    return f"{value:.1f} %" if 0 < value < 10 or 99 < value < 100 else f"{value:.0f} %"


def points(part: float) -> str:
    """A difference between two parts of 1."""
    return f"{100 * part:.1f} %"


def share(count: float, whole: float) -> str:
    """A count as a part of a whole, in percent; nothing where there is no whole."""
    return percent(count / whole) if whole else ""
