"""One open port, from getting in step to a modem that stores what comes and tells of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gsmd.at import AtError, Unsolicited
from gsmd.config import ModemConfig
from gsmd.modem import commands, notification, submit
from gsmd.modem.errors import ModemError, Unresponsive
from gsmd.modem.line import Line
from gsmd.modem.port import Port
from gsmd.modem.profiles import GENERIC, Profile, profile_for
from gsmd.modem.registration import DOMAINS, Registration
from gsmd.modem.status import Facts
from gsmd.modem.storage import BUSY, Storage
from gsmd.modem.timeouts import Timeouts

log = logging.getLogger(__name__)

RADIO_OFF = frozenset({0, 4})  # <fun> of +CFUN, 3GPP TS 27.007 §8.2


class Session:
    """What is known while the port is open. Whoever talks holds ``turn``."""

    def __init__(
        self,
        config: ModemConfig,
        timeouts: Timeouts,
        facts: Facts,
        port: Port,
        on_unsolicited: Callable[[Unsolicited], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self.config = config
        self.timeouts = timeouts
        self.facts = facts
        self.turn = asyncio.Lock()
        self.line = Line(port, timeouts, on_unsolicited, on_lost)
        self.profile: Profile = GENERIC
        self.storage = Storage(self.line)
        self.registration = Registration()
        self.readable = False
        self.acknowledges = False
        self.keeps_link_open: bool | None = None
        self.notification: str | None = None

    # -- getting to know it ----------------------------------------------------------------

    async def connect(self) -> None:
        """Get in step, however long the modem still starts, and make it talk as we expect."""
        deadline = asyncio.get_running_loop().time() + self.timeouts.boot
        while True:
            try:
                await self.line.resync()
                break
            except Unresponsive:
                if asyncio.get_running_loop().time() > deadline:
                    raise
        await commands.accepts(self.line, "E0V1")
        await commands.accepts(self.line, "+CMEE=1")

    async def identify(self) -> None:
        """Ask who it is, and take the profile of its family."""
        facts, line = self.facts, self.line
        manufacturer = await commands.text(line, "+CGMI") or await commands.text(line, "+GMI")
        model = await commands.text(line, "+CGMM") or await commands.text(line, "+GMM")
        imei = await commands.text(line, "+CGSN") or await commands.text(line, "+GSN")
        facts.manufacturer, facts.model, facts.imei = manufacturer, model, imei
        self.profile = profile_for(manufacturer, model)
        facts.family = self.profile.family
        self.storage = Storage(line, batches=self.profile.batch_delete)
        for quiet in self.profile.quiet:
            await commands.accepts(line, quiet)
        await self._switch_radio_on()

    async def _switch_radio_on(self) -> None:
        level = await commands.text(self.line, "+CFUN?")
        if level is not None and level.isdigit() and int(level) in RADIO_OFF:
            await commands.accepts(self.line, "+CFUN=1", self.timeouts.slow)

    # -- messages --------------------------------------------------------------------------

    async def prepare_messages(self) -> None:
        """PDU mode, storage and notifications. Errors: `AtError` while the SIM is not ready for it."""
        line = self.line
        self.readable = False
        await commands.execute(line, "+CMGF=0", self.timeouts.slow)
        self.acknowledges = await commands.accepts(line, "+CSMS=1")
        await self.storage.choose(self.config.storage)
        self.notification = await notification.choose(line)
        if self.config.smsc is not None:
            await self._set_service_centre(self.config.smsc)
        await self._identify_sim()
        self.readable = True

    async def _set_service_centre(self, number: str) -> None:
        try:
            await commands.set_service_centre(self.line, number)
        except AtError as error:
            log.warning("the service centre %s is refused: %s", number, error)

    async def _identify_sim(self) -> None:
        imsi = await commands.text(self.line, "+CIMI", self.timeouts.slow)
        if imsi is not None and not imsi.isdigit():
            imsi = None
        if imsi != self.facts.imsi:
            self.facts.forget_sim()
        self.facts.imsi = imsi
        if imsi is None:
            self.facts.iccid = await self.iccid()
        self.facts.storage = self.storage.use

    async def iccid(self) -> str | None:
        """The number of the SIM card itself, None if the modem cannot say."""
        for query in self.profile.iccid:
            found = await commands.text(self.line, query, self.timeouts.slow)
            digits = (found or "").rstrip("Ff")
            if len(digits) >= 18 and digits[:18].isdigit():
                return digits
        return None

    # -- the network -----------------------------------------------------------------------

    async def follow_registration(self) -> None:
        """Ask to be told of changes, and how it is now."""
        for domain in DOMAINS:
            await commands.accepts(self.line, f"+{domain}=1")
        await self.look_at_registration()

    async def look_at_registration(self) -> None:
        """Ask how it is now; stops at the first domain that is registered."""
        found = Registration()
        for domain in DOMAINS:
            found = found.with_domain(domain, await commands.registration(self.line, domain))
            if found.registered:
                break
        self.registration = found

    # -- is it still what we made it? ------------------------------------------------------

    async def still_prepared(self) -> bool:
        """Whether the modem answers, and its settings are those that were made."""
        if self.notification is None:
            await commands.execute(self.line, "")
            return not self.line.channel.echoing
        return await commands.notifications(self.line) == self.notification

    async def submit(
        self, frame: submit.Frame, *, commit: Callable[[], Awaitable[None]], more: bool
    ) -> int:
        """Send one message; see `gsmd.modem.submit`."""
        if more and self.keeps_link_open is None:
            # for a burst; 3GPP TS 27.005 §3.5.6: the modem lets go of the link by itself
            self.keeps_link_open = await commands.accepts(self.line, "+CMMS=2")
        return await submit.submit(
            self.line, frame, commit=commit, result_within=self.config.submit_timeout
        )


def is_busy(error: AtError) -> bool:
    """Whether the SIM, or the modem's SMS part, is not ready yet."""
    return error.code in BUSY or error.code is None


__all__ = ["ModemError", "Session", "is_busy"]
