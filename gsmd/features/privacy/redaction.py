"""Texts that are not kept: of messages that certain handlers dealt with, and with certain tags."""

import asyncio
import logging
from functools import partial

from gsmd.config import Config
from gsmd.features import Host
from gsmd.features.privacy import table
from gsmd.protocol.events import Event
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction

log = logging.getLogger(__name__)

_BATCH = 200


class Redaction:
    """Redacts messages once they are handled; after a start, what the last run did not get to."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self._due: dict[str, None] = {}  # ordered, each once
        self._wake = asyncio.Event()
        self.configure(config)
        ledger.bus.subscribe(self._hear)

    def configure(self, config: Config) -> None:
        """Go by other handlers and tags; what they dealt with before is redacted as well."""
        self._handlers = config.redact.handlers
        self._tags = frozenset(config.redact.tags)
        self._all = bool(self._handlers)
        self._wake.set()

    def hides(self, tag: str | None) -> bool:
        """True if the text of an outbound message is to be kept nowhere once it is out."""
        return tag in self._tags

    async def run(self, host: Host) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            await self._ledger.insist_on(partial(self._round, host), _refused)
            await self._wake.wait()

    async def _round(self, host: Host) -> None:
        if self._all:
            await self._find_what_is_left(host)
            self._all = False
        while some := list(self._due)[:_BATCH]:
            await self._ledger.write(lambda t, ids=some: self._redact(t, host, ids))  # type: ignore[misc] # mypy does not see defaults of lambdas
            for id_ in some:
                self._due.pop(id_, None)

    async def _find_what_is_left(self, host: Host) -> None:
        for handler in self._handlers:
            while ids := await self._ledger.read(
                lambda c, name=handler: table.unredacted(c, name, _BATCH)  # type: ignore[misc] # likewise
            ):
                await self._ledger.write(lambda t, some=ids: self._redact(t, host, some))  # type: ignore[misc] # likewise

    def _redact(self, transaction: Transaction, host: Host, ids: list[str]) -> None:
        for id_ in ids:
            seq = table.redact(transaction.connection, id_, self._handlers)
            if seq is not None:
                host.redacted(transaction, seq)

    def _hear(self, event: Event) -> None:
        if self._handlers and event.type == "message.handled":
            self._due[str(event.fields["id"])] = None
            self._wake.set()


def _refused(error: StoreError) -> None:
    log.warning("redaction waits for the store: %s", error)
