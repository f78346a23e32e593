"""The templates, and the words that they have beside Jinja's own.

Everything is escaped. What a daemon of another version does not tell is shown as nothing. Whatever is shown of a message goes through `gsmd.gateways.web.pages.texts`.
"""

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
    )
    made.globals.update(ICONS=ICONS, Role=Role, options_of=options_of, **wording.WORDS)
    return made


def digits(value: float) -> str:
    """A whole number in groups of three."""
    return f"{value:,.0f}".replace(",", "\u202f")


def options_of(names: list[str]) -> list[tuple[str, str]]:
    """Options of a choice that are called what they are."""
    return [(each, each) for each in names]
