"""Who gets a campaign, and who is skipped for which reason."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from gsmd.features import Host
from gsmd.protocol.campaigns import Category
from gsmd.store.ledger import Transaction


class Member(Protocol):
    """Somebody on a list. ``fields`` fill the places of a text."""

    @property
    def peer(self) -> str: ...

    @property
    def fields(self) -> Mapping[str, str]: ...


class Lists(Protocol):
    """The lists that campaigns write to."""

    def has(self, connection: sqlite3.Connection, name: str) -> bool:
        """True if there is such a list."""
        ...

    def page(
        self, connection: sqlite3.Connection, name: str, after: str, limit: int
    ) -> Sequence[Member]:
        """Members of a list, by number, from behind ``after``."""
        ...


class Consents(Protocol):
    """Who agreed to get what."""

    def given(self, connection: sqlite3.Connection, lists: Sequence[str], peer: str) -> bool:
        """True if somebody agreed to get one of these lists."""
        ...


class Audience(msgspec.Struct, frozen=True):
    """The people that campaigns may write to: those on ``lists``, with their ``consents``."""

    lists: Lists
    consents: Consents

    def excluded(
        self, transaction: Transaction, host: Host, lists: Sequence[str], category: str, peer: str
    ) -> str | None:
        """The reason why somebody on these lists is not to get a campaign of a category, if there is one."""
        if host.forbids(transaction, peer):
            return "opted_out"
        agreed = category != Category.PROMOTIONAL or self.consents.given(
            transaction.connection, lists, peer
        )
        return None if agreed else "no_consent"


def lacks(member: Member, fields: Collection[str]) -> str | None:
    """The reason why a text that needs these fields cannot be written to somebody, if there is one."""
    return None if member.fields.keys() >= set(fields) else "missing_field"
