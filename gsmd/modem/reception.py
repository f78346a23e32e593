"""The reception of what comes in: how full the storage is, what of it can be read, whether it is announced.

Nothing here reads a message. It watches those who do, tells the core, and says what speaks against reception
(`gsmd.modem.troubles`).
"""

from collections.abc import Awaitable, Callable, Collection

from gsmd.modem.announcements import PROOF, Announcements
from gsmd.modem.device import Device
from gsmd.modem.pending_checks import Check
from gsmd.modem.session import Session
from gsmd.modem.storage.storage import Storage
from gsmd.modem.storage.stored_entry import StoredEntry
from gsmd.modem.troubles import Trouble

WATERMARK = 0.8
"""Of the slots: from here on it is time to worry why they are not freed."""


class Reception:
    """The reception of one modem, as far as it is known. The functions are those of `gsmd.modem.Listener`."""

    def __init__(
        self,
        device: Device,
        *,
        arrived: Callable[[str, int], None],
        direct: Callable[[str], Awaitable[None]],
        storage_full: Callable[[], None],
        storage_level: Callable[[bool], None],
    ) -> None:
        self._device = device
        self._tell_arrived = arrived
        self._keep = direct
        self._tell_full = storage_full
        self._tell_level = storage_level
        self._announcements = Announcements()
        self._is_high = False

    @property
    def announced(self) -> bool:
        """True if what comes in is announced, as far as that can be known."""
        return not self._announcements.missing

    def begin_anew(self) -> None:
        """The modem was brought up: what it holds may have come before."""
        self._announcements.begin_anew()

    def arrived(self, storage: str, index: int) -> None:
        """The modem says that it has stored something."""
        self._heard()
        self._tell_arrived(storage, index)

    async def handed_over(self, frame: str) -> None:
        """The modem gives something that it does not store."""
        self._heard()
        await self._keep(frame)

    def swept(self, session: Session, found: Collection[StoredEntry]) -> None:
        """The storages were looked into, and ``found`` is what was received."""
        self.used(session)
        if self._announcements.swept(found):
            self._not_announced(session)

    def used(self, session: Session) -> None:
        """Note that the fill level of the storage may have changed."""
        device, storage = self._device, session.storage
        use = device.facts.storage = storage.use
        device.trouble(Trouble.UNREADABLE, _unreadable(storage))
        roomless = f"storage {storage.chosen} has no room for a single message"
        device.trouble(Trouble.ROOM, roomless if storage.selection.roomless else None)
        if use is None or not use.total:
            return
        high = use.used >= WATERMARK * use.total
        if high is not self._is_high:
            self._is_high = high
            self._tell_level(high)
        if use.used >= use.total:
            self._tell_full()

    def _heard(self) -> None:
        self._announcements.heard()
        self._device.trouble(Trouble.NOTICES, None)

    def _not_announced(self, session: Session) -> None:
        """One notice may be lost; several have the modem asked to tell, and to tell it here."""
        missing = self._announcements.missing
        if session.hands_over:
            if missing >= PROOF:
                self._announcements.heard()
                self._device.hand_over.end("it keeps messages of which it says nothing")
            return
        self._device.checks.request(Check.SETTINGS_SUSPECT, "a message came unannounced")
        if missing >= PROOF:
            self._device.trouble(
                Trouble.NOTICES,
                "it does not tell of what comes in: messages are found late, by looking for them",
            )
        if missing % PROOF == 0:
            call = _call_for_notices(session, missing // PROOF - 1)
            self._device.background.start(call, "calling for notices")


async def _call_for_notices(session: Session, attempt: int) -> None:
    async with session.turn:
        await session.call_for_notices(attempt)


def _unreadable(storage: Storage) -> str | None:
    """The messages that are counted and cannot be read, for people; None if there are none."""
    counts = ", ".join(f"{name} {count}" for name, count in storage.unreadable.items())
    return f"messages are counted that cannot be read: {counts}" if counts else None
