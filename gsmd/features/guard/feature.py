"""Limits that keep machines from talking to machines, and one sender from using up everything."""

import sqlite3
from collections.abc import Callable, Sequence

from gsmd import pdu
from gsmd.config import Config
from gsmd.features import Feature
from gsmd.features.guard import table
from gsmd.features.guard.rules import Exchange, is_loop
from gsmd.numbers import same_subscriber
from gsmd.protocol.message import Failure, Message
from gsmd.store.ledger import Transaction

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_LOOP_WINDOW = 10 * 60 * 1000
"""Milliseconds within which exchanges follow each other if two machines talk."""


class Guard(Feature):
    """Decides what is answered by a machine."""

    def __init__(self, config: Config, own_numbers: Callable[[], Sequence[str]]) -> None:
        self._own_numbers = own_numbers
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._config = config.guard
        self._hourly = {
            modem.name: min(
                config.guard.per_hour, max(1, int(modem.limits.per_hour * config.guard.quota_share))
            )
            for modem in config.modems
            if modem.limits.per_hour is not None
        }

    def may_answer(self, transaction: Transaction, message: Message, text: str) -> Failure | None:
        peer = message.peer
        if any(same_subscriber(peer, number) for number in self._own_numbers()):
            return Failure("own_number", f"{peer} is one of our own numbers")
        connection, since = transaction.connection, transaction.wall - _LOOP_WINDOW
        if self._is_loop(connection, message, text, since):
            return Failure("loop", f"{peer} seems to be a machine that answers ours")
        return self._too_many(transaction, message, _parts(text))

    def _too_many(self, transaction: Transaction, message: Message, parts: int) -> Failure | None:
        """The reason why there is no room for so many parts more."""
        connection, wall, config = transaction.connection, transaction.wall, self._config
        hourly = self._hourly.get(message.modem or "", config.per_hour)
        for limit, span in ((hourly, _HOUR), (config.per_day, _DAY)):
            used = table.parts_to(connection, message.peer, wall - span, limit)
            if used + parts > limit:
                why = f"{message.peer} had {used} parts of answers in {span // _HOUR} h"
                return Failure("too_many", f"{why}; {limit} are allowed")
        for limit, span in ((config.total_per_hour, _HOUR), (config.total_per_day, _DAY)):
            used = table.parts_to_all(connection, wall - span, limit)
            if used + parts > limit:
                why = f"everybody together had {used} parts of answers in {span // _HOUR} h"
                return Failure("too_many_in_all", f"{why}; {limit} are allowed")
        return None

    def _is_loop(
        self, connection: sqlite3.Connection, message: Message, text: str, since: int
    ) -> bool:
        count = self._config.same_exchange
        before = table.exchanges(connection, message.peer, since, count)
        now = Exchange(message.text or "", text)
        return is_loop([Exchange(*each) for each in before], now, count)


def _parts(text: str) -> int:
    try:
        return pdu.preview(text).parts
    except pdu.PduError:
        return 1  # it is refused for that, with a better reason
