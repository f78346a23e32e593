"""The time zones in which the owner of a number may be."""

from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path

from gsmd.regions import region_of_number

_TABLE = Path("/usr/share/zoneinfo/zone.tab")


def zones_of(number: str, named: str | None) -> list[tzinfo]:
    """``named`` if that is a zone; else those of the number's country; else this machine's."""
    if named is not None and (zone := _zone(named)) is not None:
        return [zone]
    found = [
        zone
        for name in _by_country().get(region_of_number(number) or "", ())
        if (zone := _zone(name))
    ]
    here = datetime.now(UTC).astimezone().tzinfo
    return found or [here or UTC]


@cache
def _by_country() -> dict[str, list[str]]:
    """The zones of each country (ISO 3166), as the system's zone.tab has them."""
    zones: dict[str, list[str]] = {}
    try:
        lines = _TABLE.read_text(encoding="utf-8").splitlines()
    except OSError:
        return zones
    for line in lines:
        fields = line.split("\t")
        if not line.startswith("#") and len(fields) >= 3:
            zones.setdefault(fields[0], []).append(fields[2])
    return zones


@cache
def _zone(name: str) -> tzinfo | None:
    from zoneinfo import (  # only for hours in which people are left alone
        ZoneInfo,
        ZoneInfoNotFoundError,
    )

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
