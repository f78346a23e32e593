"""Calls to those who want to know: what came in, and what became of what they sent.

Theory of operation. Nothing is kept here that could be lost. For each surface and owner that wants calls there is a handler of the
daemon, ``<surface>.<owner>``: what they send goes in its name with a receipt, and what comes in is for it if they want that. The
daemon hands over to it durably; here it is pulled on lease, told to whoever is to be told, and settled once they have said
yes. What they do not take is an error of that hand-over: it comes again later, by the daemon's rules, and at last is a dead
letter, which ``gsmd handlers`` shows and ``redrive`` hands over again. Gateway and daemon may end at any moment: a call
comes again rather than never.

Whose token is gone is called no more: what waits for them is settled without a call.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from gsmd.client.errors import GsmdError
from gsmd.destinations import LookUp, look_up
from gsmd.gateways.web.accounts import tokens
from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.accounts.tokens import Token
from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.posting import SECONDS, Poster, Undelivered
from gsmd.gateways.web.daemon import Daemon
from gsmd.protocol import bounds, inbox

log = logging.getLogger(__name__)

_WAIT = 50.0
_AT_ONCE = 8
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_NOTHING = {"kind": ["report"], "from": ["gsmd.nobody"]}
"""A choice of what comes in that nothing is."""

YOUNG = 5
"""Attempts in which a message may not be in the ledger yet: it is written right after it was accepted."""


class Told(NamedTuple):
    """Something that happened. ``receipt`` None: ``message`` came in."""

    owner: str
    tokens: list[Token]
    message: dict[str, Any]
    receipt: dict[str, Any] | None
    attempt: int


Tell = Callable[[Told], Awaitable[str | None]]
"""Tells those who are to be told; what it returns is a reply to who wrote. Errors: `Undelivered`."""


def handler_of(surface: str, owner: str) -> str:
    """The name of the handler."""
    return f"{surface}.{owner}"[: bounds.NAME]


class Callbacks:
    """All calls of a gateway. `run` works until it is cancelled."""

    def __init__(
        self,
        daemon: Daemon,
        directory: Directory,
        hooks_allow: tuple[str, ...],
        look_up: LookUp = look_up,
    ) -> None:
        self.poster = Poster(hooks_allow, look_up)
        self.directory = directory
        self._daemon = daemon
        self._tellers: dict[str, Tell] = {}
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._changed = asyncio.Event()

    def serve(self, surface: str, tell: Tell) -> None:
        """From now on ``tell`` tells for a surface."""
        self._tellers[surface] = tell

    @property
    def wanted(self) -> bool:
        """True while somebody is to be called."""
        return bool(self._running)

    async def run(self) -> None:
        """Call, until cancelled."""
        try:
            while True:
                self._changed.clear()
                await self._adopt(await self.directory.read(ledger.callers_back))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(3600):
                        await self._changed.wait()
                await self.directory.write(ledger.forget_old)
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def collect(self, surface: str, owner: str, *, inbound: bool) -> str:
        """See to it that from now on a handler collects for them; its name. Errors: `GsmdError`."""
        name = handler_of(surface, owner)
        if (surface, owner) not in self._running:
            match: dict[str, Any] = {} if inbound else _NOTHING
            await self._give_back(await self._pull(name, owner, match=match))
        return name

    async def choose(self, surface: str, owner: str, *, inbound: bool) -> None:
        """What comes in is for them from now on, or is not any more. Errors: `GsmdError`."""
        match: dict[str, Any] = {} if inbound else _NOTHING
        await self._give_back(await self._pull(handler_of(surface, owner), owner, match=match))
        self.look_again()

    def look_again(self) -> None:
        """Somebody else is to be called, or nobody."""
        self._changed.set()

    async def _adopt(self, wanted: set[tuple[str, str]]) -> None:
        for key in wanted - self._running.keys():
            if key[0] in self._tellers:
                self._running[key] = asyncio.create_task(self._serve(*key))
        for key in self._running.keys() - wanted:
            self._running.pop(key).cancel()

    async def _serve(self, surface: str, owner: str) -> None:
        name, failures = handler_of(surface, owner), 0
        while True:
            try:
                pulled = await self._pull(name, owner, wait=_WAIT, most=_AT_ONCE)
                await asyncio.gather(*(self._tell(surface, owner, each) for each in pulled))
                failures = 0
            except GsmdError as error:
                log.debug("calls of %s wait: %s", name, error)
                await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1

    async def _tell(self, surface: str, owner: str, pulled: dict[str, Any]) -> None:
        settlement: dict[str, Any] = {"lease": pulled["lease"]}
        good = await self.directory.read(lambda db: tokens.of_name(db, owner))
        told = Told(
            owner, good, pulled["message"], pulled.get("receipt"), int(pulled.get("attempt", 1))
        )
        try:
            said = await self._tellers[surface](told) if good else None
            if said and told.receipt is None:
                settlement["reply"] = said
        except Undelivered as error:
            settlement["error"] = str(error)[:200]
            if error.permanent:
                settlement["permanent"] = True
        except Exception as error:  # a defect: the message is not lost by it
            log.exception("a defect of the calls of %s", surface)
            settlement["error"] = f"a defect of the gateway: {type(error).__name__}"
        await self._daemon.call(inbox.SETTLE, {"settle": [settlement]}, f"{owner}@web")

    async def _pull(
        self,
        handler: str,
        owner: str,
        *,
        wait: float | None = None,
        most: int = 1,
        match: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        given: dict[str, Any] = {"handler": handler, "max": most, "lease": SECONDS * 2}
        if wait is not None:
            given["wait"] = wait
        if match is not None:
            given["match"] = match
        pulled = await self._daemon.call(inbox.PULL, given, f"{owner}@web")
        messages: list[dict[str, Any]] = pulled["messages"]
        return messages

    async def _give_back(self, pulled: list[dict[str, Any]]) -> None:
        back = [{"lease": each["lease"], "extend": 0} for each in pulled]
        if back:
            await self._daemon.call(inbox.SETTLE, {"settle": back}, "")


def see(told: Told) -> bool:
    """True if a message that came in is within what the owner's tokens may see."""
    modem = told.message["modem"]
    return any(
        (each.modems is None or modem in each.modems)
        and each.tags is None
        and each.handlers is None
        and any(role in each.roles for role in ("read", "handle", "admin"))
        for each in told.tokens
    )


def as_form(values: dict[str, str]) -> bytes:
    """A form as it is posted."""
    from urllib.parse import urlencode

    return urlencode(values).encode()


def as_json(value: Any) -> bytes:
    """JSON as it is posted."""
    return msgspec.json.encode(value)
