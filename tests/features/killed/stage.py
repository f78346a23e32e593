"""A play with a daemon that dies in it: phones and a program do their parts, again and again if they have to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gsmd.client import AsyncClient, NoDaemon
from tests.faults.judge import Sent, sent_in_silence, submitted
from tests.faults.lives import Forge
from tests.faults.stage import Stage, killed_at, stage

__all__ = ["Stage"]

PAUSE = 0.01
"""Seconds between two looks at a daemon that may be dead."""

_OPEN = frozenset({"queued", "submitting", "uncertain"})


class Play(Protocol):
    """What happens, and what must have come of it."""

    def begin(self, stage: Stage) -> dict[str, Any]:
        """Before the first daemon lives; what its configuration has beside the modem."""
        ...

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        """The program on the same machine; begun anew whenever the daemon has died on it."""
        ...

    def judge(self, stage: Stage) -> list[str]:
        """What is wrong, now that it is over."""
        ...


@dataclass
class Outcome:
    """``reached``: the points where lives ended; ``passed``: how many points the last life had."""

    reached: list[str]
    passed: int
    faults: list[str]


async def perform(play: Play, directory: Path, forge: Forge, kill_at: Sequence[int]) -> Outcome:
    """One play, with a number per life: the point at which it dies; the last life lives. It is judged."""
    async with stage(directory, forge) as it:
        it.configure(**play.begin(it))
        reached = await it.live(killed_at(*kill_at), _act(play, it))
        faults = it.faults or play.judge(it)
    return Outcome(reached, len(it.noted("passed")), faults)


async def _act(play: Play, it: Stage) -> None:
    while True:
        try:
            async with AsyncClient(it.socket) as client:
                return await play.act(it, client)
        except NoDaemon:
            await asyncio.sleep(PAUSE)


async def until_handled(client: AsyncClient, count: int) -> None:
    """Wait until so many messages have come in, every handler is done with them, and the answers are out.

    Asked in this order: who has come in may be pending, who is done has answered.
    """
    while True:
        inbound = len((await client.list(direction="inbound", limit=1000)).messages)
        pending = sum(handler.pending for handler in await client.handlers())
        outbound = (await client.list(direction="outbound", limit=1000)).messages
        if inbound >= count and not pending and not {m.state for m in outbound} & _OPEN:
            return
        await asyncio.sleep(PAUSE)


def sent_to(stage: Stage, number: str, tag: str | None = None) -> list[str]:
    """What is wrong with what one phone got: nothing, or more than one of a message that is not marked.

    ``tag``: that of the message that is meant, where there are others.
    """
    rows = stage.rows(
        "SELECT text, possible_duplicate, tag FROM message WHERE direction = 'outbound' AND peer = ?",
        number,
    )
    meant = [row for row in rows if tag is None or row[2] == tag]
    faults = [] if len(meant) == 1 else [f"{number}: {len(meant)} messages for it"]
    if not stage.phone(number).received:
        faults.append(f"{number} has got nothing")
    sent = [Sent(number, text, bool(marked)) for text, marked, _ in rows]
    to_it = [each for each in submitted(stage.network) if str(each.destination) == number]
    return faults + sent_in_silence(to_it, sent)
