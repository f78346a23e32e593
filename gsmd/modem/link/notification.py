"""Being told of what comes in: +CNMI (3GPP TS 27.005 §3.4.1).

Wanted: messages stored and announced (mt 1), status reports handed over (ds 1), nothing
discarded while the line is busy (mode 2), nothing thrown away by the change (bfr 0).
Modems refuse values they advertise, so there is a ladder. Where messages are to come with their notice, mt is 2.
"""

from collections.abc import Iterable, Iterator

from gsmd.modem.link import commands
from gsmd.modem.link.commands import NotificationModes
from gsmd.modem.link.line import Line

_MODES = (2, 1, 3)
_REPORTS = (1, 2, 0)
_BUFFERS = (0, 1)
_WITHOUT_STORAGE = ("3,2,0,1", "3,2,0,1,0", "2,2,0,1,0", "1,2,0,1,0")
_SHORT = ("2,1", "1,1", "3,1")
STORED, HANDED_OVER = 1, 2
"""<mt>: a message is stored and announced; it comes with its notice."""


async def choose(line: Line, *, stores: bool = True) -> str | None:
    """Set the best that is taken and holds; returns it as the modem reads it back.

    ``stores``: the modem has storages; else everything is to be handed over (mt 2).
    None: the modem does not read it back, or takes nothing (then only sweeps find messages).
    """
    if not stores:
        return await _first_that_holds(line, _WITHOUT_STORAGE, HANDED_OVER)
    return await _first_that_holds(line, ladder(await commands.notification_modes(line)), STORED)


async def hand_over(line: Line) -> str | None:
    """Have messages come with their notice, by a modem that could store them; None if it does not take that.

    Only what it advertises is tried, and only what it reads back counts.
    """
    advertised = await commands.notification_modes(line)
    if advertised is None or HANDED_OVER not in advertised.mt:
        return None
    return await _first_that_holds(line, _combinations(advertised, HANDED_OVER), HANDED_OVER)


async def _first_that_holds(line: Line, ladder: Iterable[str], mt: int) -> str | None:
    for values in ladder:
        if not await commands.accepts(line, f"+CNMI={values}"):
            continue
        now = await commands.known(commands.notifications(line))
        if now is None or sends(now, mt):
            return now
    return None


def ladder(advertised: NotificationModes | None) -> Iterator[str]:
    """The values to try, best first: those that are advertised, then the usual ones all the same."""
    tried = set()
    for values in (*_combinations(advertised), *_combinations(None), *_SHORT):
        if values not in tried:
            tried.add(values)
            yield values


def sends(values: str, mt: int) -> bool:
    """True if ``2,1,0,1,0`` and the like have that ``mt``, as far as they tell."""
    fields = values.split(",")
    return len(fields) < 2 or fields[1] == str(mt)


def _combinations(advertised: NotificationModes | None, mt: int = STORED) -> Iterator[str]:
    known = advertised or NotificationModes(*[frozenset()] * 5)
    for report in _allowed(_REPORTS, known.ds):
        for mode in _allowed(_MODES, known.mode):
            for buffer in _allowed(_BUFFERS, known.bfr):
                yield f"{mode},{mt},0,{report},{buffer}"


def _allowed(wanted: tuple[int, ...], advertised: frozenset[int]) -> list[int]:
    if not advertised:
        return list(wanted)
    return [value for value in wanted if value in advertised]
