"""What waited for its modem until its recipient was to be left alone: it expires unsent, and goes out when the quiet hours end.

A campaign that has quiet hours is not done before nothing of it waits any more.
"""

import sqlite3

from gsmd.clock import Milliseconds
from gsmd.features.campaigns import table
from gsmd.features.campaigns.table import Campaign
from gsmd.protocol.message import State
from gsmd.store.ledger import Transaction
from gsmd.store.tables import messages, orders

_RECENT = Milliseconds(2 * 86_400_000)
"""Quiet hours begin every day: what is older waits for none."""


def take_up(transaction: Transaction, campaign: Campaign) -> None:
    """Let those whose message expired so have their turn again."""
    table.take_up_expired(transaction.connection, campaign, transaction.wall - _RECENT)


def is_waiting(transaction: Transaction, campaign: Campaign) -> bool:
    """True if something of it may still expire so."""
    return table.has_hurried(transaction.connection, campaign, transaction.wall - _RECENT)


def key_of(connection: sqlite3.Connection, campaign: Campaign, peer: str) -> str:
    """The key by which a recipient gets one message: another one only if that expired."""
    first = key = f"campaign {campaign.id} {peer}"
    tries = 1
    while (known := orders.by_key(connection, key)) is not None:
        if messages.get(connection, known.seq).state is not State.EXPIRED:
            break
        tries += 1
        key = f"{first} {tries}"
    return key
