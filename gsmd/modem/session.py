"""One open port, from getting in step to a modem that stores what comes and tells of it."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable

from gsmd.at import AtError, Reply, Unsolicited
from gsmd.config import ModemConfig
from gsmd.modem.errors import Unresponsive
from gsmd.modem.hand_over import HandOver
from gsmd.modem.link import by_hand, commands, notification, submit
from gsmd.modem.link.line import Line
from gsmd.modem.link.registration import DOMAINS, Registered, Registration
from gsmd.modem.port.port import Port
from gsmd.modem.quirks import GENERIC, WORDS, Profile, profile_for
from gsmd.modem.status import Facts
from gsmd.modem.storage.selection import BUSY
from gsmd.modem.storage.storage import Storage
from gsmd.modem.timeouts import Timeouts
from gsmd.patterns import pattern
from gsmd.pdu import Frame

log = logging.getLogger(__name__)

CHARACTER_SETS = ("IRA", "GSM")
"""Those in which strings are plain, best first: in GSM @ is a NUL, and accents are controls (3GPP TS 27.007 §5.5)."""

RADIO_OFF = frozenset({0, 4})
"""<fun> of +CFUN: nothing on, or the transmitter off (3GPP TS 27.007 §8.2)."""

_WAKING = 0.5
"""Seconds after which it is told that a modem on a fresh port has not answered yet."""

_HARMLESS = pattern(r"AT(I\d*|[+^#!$%&*]?[A-Z]+(\?|=\?)|[+][A-Z]+)?", re.IGNORECASE)
"""Queries and actions that leave the settings as they are."""


class Session:
    """The knowledge about a modem while its port is open. Whoever talks holds ``turn``.

    ``connecting``: it has not answered yet, and nothing was set. ``readable``: messages can be listed. ``acknowledges``: what is handed over directly waits for
    +CNMA. ``hands_over``: messages come with their notice, although it could store them. ``notification``: +CNMI as
    the modem read it back.
    """

    def __init__(
        self,
        config: ModemConfig,
        timeouts: Timeouts,
        facts: Facts,
        hand_over: HandOver,
        port: Port,
        on_unsolicited: Callable[[Unsolicited], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self.config = config
        self.timeouts = timeouts
        self.facts = facts
        self.turn = asyncio.Lock()
        self.line = Line(port, timeouts, on_unsolicited, on_lost, words=WORDS)
        self.profile: Profile = GENERIC
        self.storage = Storage(self.line)
        self.registration = Registration()
        self.connecting = False
        self._opened_at = asyncio.get_running_loop().time()
        self.readable = False
        self.acknowledges = False
        self.hands_over = False
        self._hand_over = hand_over
        self.notification: str | None = None
        self._domains: tuple[str, ...] = DOMAINS
        self._keeps_link_open: bool | None = None
        self._prompting = submit.Prompting()

    # -- getting to know it ----------------------------------------------------------------

    async def connect(self, silent: Callable[[], None] = lambda: None) -> None:
        """Get in step, however long the modem still starts, and make it talk as we expect.

        ``silent`` is called whenever it has not answered. Errors: `Unresponsive` after `Timeouts.boot`.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.timeouts.boot
        self.line.expects_silence = False
        self.connecting = True
        try:
            while True:
                try:
                    await self._find_place()
                    break
                except Unresponsive:
                    if loop.time() > deadline:
                        raise
                    silent()
        finally:
            self.connecting = False
        await self._speak_plainly()

    async def _find_place(self) -> None:
        """A modem on a fresh port is asked often: it may be starting, and be there at any moment."""
        opened_for = asyncio.get_running_loop().time() - self._opened_at
        if self.line.place.fresh and opened_for < self.timeouts.fresh:
            await self.line.place.wake_up(_WAKING)
        else:
            await self.line.resync()

    async def _speak_plainly(self) -> None:
        channel = self.line.channel
        self.line.expects_silence = False  # the echo of ATE0 is no news
        await commands.speak_plainly(self.line)
        channel.echoing = False
        # another program, or one of ours, may have left it at UCS2, with strings in hex
        await commands.choose_character_set(self.line, *CHARACTER_SETS)
        self.line.expects_silence = not channel.echoing  # some echo whatever they are told

    async def identify(self) -> None:
        """Ask who it is, and take the profile of its family."""
        facts, line = self.facts, self.line
        facts.manufacturer = await commands.first_text(line, "+CGMI", "+GMI")
        facts.model = await commands.first_text(line, "+CGMM", "+GMM")
        self.profile = profile_for(facts.manufacturer, facts.model)
        facts.family = self.profile.family
        self._hand_over.identified(facts.manufacturer, facts.model)
        self.storage = Storage(line, batches=self.profile.batch_delete, exists=self.profile.stores)
        self._prompting = submit.Prompting(expected=self.profile.prompts)
        for quiet in self.profile.quiet:
            await commands.accepts(line, quiet)

    async def ask_imei(self) -> None:
        """Ask the modem for its own number."""
        self.facts.imei = await commands.first_text(self.line, "+CGSN", "+GSN")

    async def switch_on(self) -> None:
        """Switch the radio on, should somebody have left it off."""
        level = await commands.text(self.line, "+CFUN?")
        if level is not None and level.isdigit() and int(level) in RADIO_OFF:
            await commands.accepts(self.line, "+CFUN=1", self.timeouts.slow)

    # -- messages --------------------------------------------------------------------------

    async def prepare_messages(self) -> None:
        """PDU mode, storage and notifications. Errors: `AtError` while the SIM is not ready for it."""
        line = self.line
        self.readable = False
        stores = self.profile.stores
        if stores:
            await commands.execute(line, "+CMGF=0", self.timeouts.slow)
            self.acknowledges = await commands.accepts(line, "+CSMS=1")
        else:
            await commands.accepts(line, "+CMGF=0")
            self.acknowledges = True
        await self._identify_sim()  # before anything is announced: it belongs to that SIM
        if stores:
            await self.storage.choose(self.config.storage)
        await self._choose_reception()
        if self.config.smsc is not None:
            await self._set_service_centre(self.config.smsc)
        self.facts.storage = self.storage.use
        self._keeps_link_open = None
        self.readable = True

    async def _choose_reception(self) -> None:
        if self.profile.stores and self._hand_over.due:
            await self._begin_hand_over()
        else:
            await self.have_it_stored()

    async def _begin_hand_over(self) -> None:
        if not self.acknowledges:
            self._hand_over.end("it knows no acknowledgement: +CSMS=1 is refused")
        elif (now := await notification.hand_over(self.line)) is None:
            self._hand_over.end("it does not take, or not keep, +CNMI with mt 2")
        else:
            self.hands_over, self.notification = True, now
            self.facts.reception = "direct"
            return
        await self.have_it_stored()

    async def have_it_stored(self) -> None:
        """Have the modem store what comes in and tell of it, if it has storages."""
        stores = self.profile.stores
        self.hands_over = False
        self.notification = await notification.choose(self.line, stores=stores)
        self.facts.reception = "storage" if stores else "direct"

    async def _set_service_centre(self, number: str) -> None:
        try:
            await commands.set_service_centre(self.line, number)
        except AtError as error:
            log.warning("the service centre %s is refused: %s", number, error)

    async def _identify_sim(self) -> None:
        imsi = await self.imsi()
        iccid = await self.iccid() if imsi is None else None
        if (imsi or iccid) != (self.facts.imsi or self.facts.iccid):
            self.facts.forget_sim()
        self.facts.imsi = imsi
        self.facts.iccid = iccid or self.facts.iccid

    async def imsi(self) -> str | None:
        """The subscriber's identity, None if the modem does not know the question.

        Errors: `AtError` while the SIM is not ready: a message must not get another identity for that.
        """
        try:
            found = await commands.digits(self.line, "+CIMI", self.timeouts.slow)
        except AtError as error:
            if error.code in BUSY:
                raise
            return None
        return found

    async def iccid(self) -> str | None:
        """The number of the SIM card itself, None if the modem cannot say."""
        return await commands.iccid(self.line, self.profile.iccid)

    # -- the network -----------------------------------------------------------------------

    async def follow_registration(self) -> None:
        """Ask to be told of changes, and how it is now. Between two questions others may talk."""
        told = []
        for name in DOMAINS:
            async with self.turn:
                if await commands.accepts(self.line, f"+{name}=1"):
                    told.append(name)
        self._domains = DOMAINS
        async with self.turn:
            await self.look_at_registration()
        if not self.registration.registered:
            # from now on only those that the modem knows
            known = (*told, *self.registration.domains)
            self._domains = tuple(name for name in DOMAINS if name in known)

    async def look_at_registration(self) -> None:
        """Ask how it is now; stops at the first domain that is registered."""
        found = Registration()
        for domain in self._domains:
            found = found.with_domain(domain, await commands.registration(self.line, domain))
            if found.registered:
                break
        self.registration = found

    def registration_news(self, domain: str, status: Registered) -> None:
        """Take in a registration that the modem tells by itself."""
        self.registration = self.registration.with_domain(domain, status)

    # -- is it still what we made it? ------------------------------------------------------

    async def still_prepared(self) -> bool:
        """True if the modem answers, and its settings are those that were made."""
        if self.notification is None:
            await commands.execute(self.line, "")
            return not self.line.channel.echoing
        now = await commands.notifications(self.line)
        if (
            self.hands_over
            and now is not None
            and not notification.sends(now, notification.HANDED_OVER)
        ):
            self._hand_over.lapsed()
        return now == self.notification

    async def same_sim(self) -> bool:
        """True if the SIM is the one that was there when the messages were prepared."""
        if self.facts.imsi is not None:
            return await self.imsi() == self.facts.imsi
        return self.facts.iccid is None or await self.iccid() == self.facts.iccid

    # -- what users ask --------------------------------------------------------------------

    async def submit(
        self, frame: Frame, *, commit: Callable[[], Awaitable[None]], more: bool
    ) -> int:
        """Send one message; see `gsmd.modem.link.submit`."""
        if more and self._keeps_link_open is None:
            # for a burst (3GPP TS 27.005 §3.5.6); the modem lets go of the link by itself
            self._keeps_link_open = await commands.accepts(self.line, "+CMMS=2")
        return await submit.submit(
            self.line,
            frame,
            commit=commit,
            result_within=self.config.submit_timeout,
            prompting=self._prompting,
        )

    async def restart(self) -> None:
        """Have the modem restart, by the first of its family's commands that it takes."""
        for command in self.profile.soft_reset:
            if await commands.accepts(self.line, command):
                break

    async def call_for_notices(self, attempt: int) -> None:
        """Have the modem tell of what comes in, and tell it on this port."""
        here = self.profile.notices_here
        if attempt < 2 * len(here):  # some of them are written to a memory that wears out
            await commands.accepts(self.line, here[attempt % len(here)])
        self.notification = await notification.choose(self.line, stores=self.profile.stores)

    async def cycle_radio(self) -> None:
        """Switch everything off and on (3GPP TS 27.007 §8.2)."""
        for off in self.profile.radio_off:
            if await commands.accepts(self.line, off, self.timeouts.slow):
                break
        await commands.accepts(self.line, "+CFUN=1", self.timeouts.slow)

    async def raw(self, command: str, within: float | None) -> Reply:
        """A command as somebody typed it; what it may have changed of ours is put right."""
        reply = await by_hand.run(self.line, command, within)
        if self.readable and changes_settings(command):
            await self._speak_plainly()
            await commands.accepts(self.line, "+CMGF=0")
            self.storage.forget_choice()
        return reply


def changes_settings(command: str) -> bool:
    """True if ``command`` may leave the modem otherwise than we made it."""
    return _HARMLESS.fullmatch(command) is None
