"""Texts with places for values, as the configuration and campaigns have them."""

import re
from collections.abc import Mapping

from gsmd.patterns import pattern

_PLACE = pattern(r"\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """``template`` with ``{name}`` replaced; ``{name|there}`` has what stands there if it is unknown.

    What is unknown and has nothing to stand for it stays as it is written, so that a mistake shows.
    """

    def value(place: re.Match[str]) -> str:
        found = values.get(place[1]) or place[2]
        return place[0] if found is None else found

    return _PLACE.sub(value, template)


def places(template: str) -> set[str]:
    """The names that a template needs values for."""
    return {name for name, otherwise in _PLACE.findall(template) if not otherwise}
