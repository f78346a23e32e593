"""Messages that the modem hands over without storing them: on disk first, then acknowledged.

3GPP TS 27.005 §3.4.4: under +CSMS=1 whatever came by +CMT or +CDS is acknowledged with +CNMA;
without it the modem hands over nothing more, and the network tries again. +CNMA=2 refuses it: the
network tries again, and the modem goes on.

Neither says which frame it is about: it is the oldest that was handed over and not answered. So each frame has
exactly one answer, in order; one too many would acknowledge another. Some modems stop waiting without a word, so
nothing is acknowledged until everything that was handed over is on disk, and nothing at all of what came before the
modem was prepared anew: it has forgotten it, and the network has not.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

from gsmd.at import AtError, Command
from gsmd.modem.device import Device
from gsmd.modem.errors import SettingsLost, Unresponsive
from gsmd.modem.hand_over import IN_TIME
from gsmd.modem.link import commands
from gsmd.modem.link.line_errors import OutOfStep
from gsmd.modem.link.urc import Direct
from gsmd.modem.pending_checks import Check
from gsmd.modem.session import Session
from gsmd.modem.storage.frames import is_whole, repaired
from gsmd.modem.storage.selection import BUSY

log = logging.getLogger(__name__)

_NOTHING_TO_ACKNOWLEDGE = 340

_UNHURRIED = 0.5
"""Seconds until it is refused what was handed to somebody who is no more."""

_MOST_REFUSALS = 5
"""In a row: a modem that has something between any question and its reply is not doubted for ever."""

_REMEMBERED = 8
"""Damaged frames that are known again when they come the same way."""


_FORMS = ("+CNMA", "+CNMA=0")
"""Some take the acknowledgement only in its long form, with the default in it."""


class _Frame(msgspec.Struct):
    """A frame that was handed over ``at`` a time, by a modem that was ``prepared`` or still being asked.

    ``whole``: it is as long as it was announced. ``kept``: it is on disk. ``answered``: no answer is due, it was
    refused or forgotten.
    """

    frame: str
    whole: bool
    at: float
    prepared: bool
    kept: bool = False
    answered: bool = False


class DirectDeliveries:
    """Hands each frame to ``keep``, one after the other, once it is known whose they are."""

    def __init__(self, device: Device, keep: Callable[[str], Awaitable[None]]) -> None:
        self._device = device
        self._keep = keep
        self._waiting: deque[_Frame] = deque()
        self._damaged: deque[str] = deque(maxlen=_REMEMBERED)
        self._keeping: asyncio.Task[None] | None = None
        self._form = 0
        self._between: list[tuple[_Frame, bool]] | None = None
        """While the modem is asked to refuse: what came, and whether before its reply."""

    def take(self, direct: Direct) -> None:
        """Keep it as soon as those before it are kept, and the SIM is known: it may come before."""
        frame = repaired(direct.frame, direct.length)
        now = asyncio.get_running_loop().time()
        session = self._device.session
        prepared = session is not None and session.readable
        taken = _Frame(frame, is_whole(frame, direct.length), now, prepared)
        self._waiting.append(taken)
        self._device.hand_over.handed()
        if session is not None and prepared:
            if self._between is not None:
                self._between.append((taken, session.line.awaits_reply))
            self._start(session)

    def prepared(self, session: Session) -> None:
        """The modem was brought up: keep what came meanwhile, or have brought again what is lost."""
        for taken in self._waiting:
            taken.answered = taken.answered or taken.prepared
        if self._waiting:
            self._start(session)
        if session.acknowledges and all(taken.answered for taken in self._waiting):
            self._device.background.start(self._refuse_unheard(session), "direct delivery")

    def forget(self) -> None:
        """The port is closed: what was not acknowledged will be sent again by the network."""
        self._waiting.clear()
        self._keeping = None
        self._form = 0

    def _start(self, session: Session) -> None:
        if not self._busy:
            self._keeping = self._device.background.start(
                self._keep_all(session), "direct delivery"
            )

    @property
    def _busy(self) -> bool:
        """What was handed over is being kept. Asked of the task: one that is cancelled may not even have begun."""
        return self._keeping is not None and not self._keeping.done()

    async def _refuse_unheard(self, session: Session) -> None:
        """Refuse what was handed to a gsmd that ended before it could say that it has it.

        Most modems say that nothing waits, so what is stored comes first. What comes before the reply may be what
        was refused, or may come behind that: then that is refused too, until nothing comes in between.
        """
        await asyncio.sleep(_UNHURRIED)
        async with session.turn:
            if self._busy:
                return
            self._between = []
            try:
                for _ in range(_MOST_REFUSALS):
                    if not await commands.accepts(session.line, "+CNMA=2") or not self._in_doubt():
                        break
            finally:
                self._between = None

    def _in_doubt(self) -> bool:
        """Whether something came before the reply; all that came is then answered by the next refusal."""
        came, self._between = self._between or [], []
        doubt = any(before for _, before in came)
        for frame, _ in came if doubt else ():
            frame.answered = True
        return doubt

    async def _keep_all(self, session: Session) -> None:
        while self._waiting:
            while unkept := [each for each in self._waiting if not each.kept]:
                await self._keep(unkept[0].frame)  # a damaged one, too: it may be all we ever get
                unkept[0].kept = True
            if not session.acknowledges:
                self._waiting.clear()
                break
            async with session.turn:
                if all(each.kept for each in self._waiting):  # also by the time it has its turn
                    await self._answer_first(session)

    async def _answer_first(self, session: Session) -> None:
        """Give the one that came first its answer. The caller holds the session's turn."""
        first = self._waiting[0]
        try:
            await self._answer(session, first)
        except Unresponsive as error:
            if isinstance(error, OutOfStep) and self._in_time(first):
                return  # perhaps it was not heard: once more, when what came meanwhile is kept as well
            self._device.checks.request(Check.SILENCE, error.reason)
        except SettingsLost as error:
            self._device.checks.request(Check.RESTART, error.reason)
        self._waiting.popleft()

    async def _answer(self, session: Session, taken: _Frame) -> None:
        """Acknowledge it, unless it was refused, or is. The caller holds the session's turn."""
        if not taken.answered and not await self._refused(session, taken):
            await self._acknowledge(session, taken)

    async def _refused(self, session: Session, taken: _Frame) -> bool:
        """Have the network bring again what was damaged on the line; False: it is taken as it is.

        What comes the same way twice is how the modem says it.
        """
        if taken.whole or taken.frame in self._damaged:
            return False
        self._damaged.append(taken.frame)
        if session.hands_over:
            self._device.hand_over.damaged()
        log.warning("modem %s: what it handed over is damaged", self._device.config.name)
        try:
            await commands.execute(session.line, "+CNMA=2")
        except AtError:
            return False
        return True

    async def _acknowledge(self, session: Session, taken: _Frame) -> None:
        error = await self._give(session)
        in_time = self._in_time(taken)
        if error is None:
            if session.hands_over:
                self._device.hand_over.acknowledged(taken.frame, whole=taken.whole)
        elif error.cms == _NOTHING_TO_ACKNOWLEDGE:
            if session.hands_over and in_time:
                self._device.hand_over.unexpected()
        elif error.code not in BUSY:
            await self._do_without(session, error)
            return
        if error is not None or not in_time:
            # too late, perhaps: a modem that waited in vain announces nothing any more
            self._device.checks.request(
                Check.SETTINGS_SUSPECT, "it may no longer wait for an acknowledgement"
            )

    @staticmethod
    def _in_time(taken: _Frame) -> bool:
        return asyncio.get_running_loop().time() - taken.at <= IN_TIME

    async def _give(self, session: Session) -> AtError | None:
        """Give the acknowledgement, in the form that the modem takes; the error, if none is taken."""
        refusal: AtError | None = None
        for form in _FORMS[self._form :]:
            try:
                await session.line.run(Command(f"AT{form}"), repeats=False)
            except AtError as error:
                if error.cms == _NOTHING_TO_ACKNOWLEDGE or error.code in BUSY:
                    return error
                refusal = refusal or error
            else:
                self._form = _FORMS.index(form)
                return None
        return refusal

    async def _do_without(self, session: Session, error: AtError) -> None:
        """It claims phase 2+ and cannot do it: back to a modem that acknowledges by itself."""
        log.info("modem %s: %s", self._device.config.name, error)
        session.acknowledges = False
        if session.hands_over:
            self._device.hand_over.end(f"it refuses the acknowledgement: {error.text}")
            # first: under +CSMS=0 what it hands over would have arrived without our word
            await session.have_it_stored()
            self._device.changed()
        await commands.accepts(session.line, "+CSMS=0")
