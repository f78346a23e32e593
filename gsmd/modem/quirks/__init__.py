"""Families of modems and their quirks, as data: a file a family, with all that is its own.

To add a family, put a file here that defines ``PROFILE``; it is found by being here. A line that some
modem says is one `Indication` in its family's file. ``docs/modems.md`` tells where each entry comes from.
"""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

from gsmd.modem.link import wording
from gsmd.modem.link.urc import STANDARD, Indications
from gsmd.modem.quirks.generic import GENERIC
from gsmd.modem.quirks.profile import Profile


def _found() -> list[Profile]:
    files = Path(__file__).parent.glob("[a-z]*.py")
    modules = (import_module(f"{__name__}.{each.stem}") for each in files)
    return [module.PROFILE for module in modules if hasattr(module, "PROFILE")]


__all__ = [
    "GENERIC",
    "PROFILES",
    "WORDS",
    "Profile",
    "indications",
    "profile_for",
    "profile_of",
    "repaired",
]


PROFILES: tuple[Profile, ...] = tuple(sorted(_found(), key=lambda profile: profile.family))
"""All families but the generic one."""

_SHARED = (*STANDARD, *(each for one in (GENERIC, *PROFILES) for each in one.indications))

WORDS: tuple[str, ...] = tuple(
    each.prefix for each in _SHARED if re.match(r"[A-Z]", each.prefix) is not None
)
"""The beginnings of lines without a name of their own (``+NAME:``): no reply to a command is like them."""


def profile_for(*descriptions: str | None) -> Profile:
    """The profile of the family that manufacturer, model or revision name; else the generic one."""
    known = " ".join(text for text in descriptions if text).upper()
    for profile in PROFILES:
        if re.search(profile.matches, known):
            return profile
    return GENERIC


def profile_of(family: str | None) -> Profile:
    """The profile with that name; the generic one for none."""
    return next((profile for profile in PROFILES if profile.family == family), GENERIC)


@cache
def indications(profile: Profile) -> Indications:
    """The lines that a modem of that family may say by itself."""
    return Indications((*_SHARED, *profile.own_indications), otherwise=wording.guess)


def repaired(frame: str) -> str:
    """``frame`` (hex) as it was meant, if it is one that some family gives in a broken shape; else as it is.

    No whole frame looks like those, so all families are asked: who it is may not be known yet.
    """
    for profile in PROFILES:
        if profile.repair is not None and (meant := profile.repair(frame)) is not None:
            return meant
    return frame
