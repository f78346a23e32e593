"""Summing up what is long over, so that statistics of a million messages are told at once."""

import logging

from gsmd.features.statistics import summing, table
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger

log = logging.getLogger(__name__)

_AT_ONCE = 2_000
"""Messages that are summed up in one transaction, so that nothing else waits long."""

_QUARTERS_AT_ONCE = 6
"""Quarters of an hour whose summaries are taken into the figures in one transaction, likewise."""

EVERY = 6 * 3600.0
"""Seconds. Whoever asks for figures has it done as well."""


async def roll_up(ledger: Ledger) -> None:
    """Sum up what is over and is not summed up yet. While the store refuses, figures are only slower."""
    now = ledger.clock.wall()
    if not await ledger.read(lambda connection: summing.is_behind(connection, now)):
        return
    try:
        while await ledger.write(lambda t: table.summarise(t.connection, now, _AT_ONCE)):
            pass
        while await ledger.write(lambda t: table.fill(t.connection, _QUARTERS_AT_ONCE)):
            pass
    except StoreError as error:
        log.warning("messages cannot be summed up: %s", error)
