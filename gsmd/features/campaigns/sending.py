"""The sending of campaigns: each in its turn queues what its pace, the hour and the queue allow."""

import msgspec

from gsmd.features import Host
from gsmd.features.campaigns import table
from gsmd.features.campaigns.audience import Audience
from gsmd.features.campaigns.quiet import Quiet
from gsmd.features.campaigns.rules import filled
from gsmd.features.campaigns.table import Campaign, Recipient
from gsmd.protocol.errors import Refused
from gsmd.protocol.messages import SendParams
from gsmd.protocol.types import Seconds
from gsmd.store.ledger import Transaction

_AHEAD = 24
"""Messages that wait in the queue at most before a campaign adds more: others get their turn."""

_PRIORITY = -10
"""Everything else goes first."""

_LOOK_EVERY = 60.0
"""Seconds after which a jump of the wall clock is noticed."""


class Way(msgspec.Struct, frozen=True):
    """What a campaign goes by and through."""

    host: Host
    audience: Audience
    quiet: Quiet


def queue_due(transaction: Transaction, way: Way) -> float | None:
    """Queue what is due now; returns seconds until the next look, None if no campaign runs."""
    waits = [
        _advance(transaction, way, campaign) for campaign in table.running(transaction.connection)
    ]
    return min((*waits, _LOOK_EVERY)) if waits else None


def move(transaction: Transaction, campaign: Campaign, state: str) -> None:
    """Bring a campaign to a state, on record."""
    ended = transaction.wall if state in {"done", "cancelled"} else None
    table.set_state(transaction.connection, campaign.seq, state, ended)
    transaction.record_event(f"campaign.{state}", None, campaign.id)


def _advance(transaction: Transaction, way: Way, campaign: Campaign) -> float:
    """Seconds until this one has something to do; until the queue moves, `_LOOK_EVERY`."""
    connection, wall = transaction.connection, transaction.wall
    if campaign.not_before is not None and campaign.not_before > wall:
        return (campaign.not_before - wall) / 1000
    room = table.queue_room(connection, _AHEAD)
    allowed, interval = _allowed(campaign, transaction.now)
    chosen = table.due(connection, campaign.seq, wall, min(room, allowed))
    sent = sum(_send(transaction, way, campaign, recipient) for recipient in chosen)
    if interval is not None and sent:
        start = max(campaign.next_at, transaction.now)
        table.set_next(connection, campaign.seq, round(start + sent * interval))
    next_due = table.next_due(connection, campaign.seq)
    if next_due is None:
        move(transaction, campaign, "done")
        return _LOOK_EVERY
    if len(chosen) > sent:
        return 0.0  # some are asleep: whoever is next may not be
    if next_due > wall:
        return (next_due - wall) / 1000
    return (
        _LOOK_EVERY
        if interval is None or room <= sent
        else _until_next(campaign, sent, interval, transaction.now)
    )


def _send(transaction: Transaction, way: Way, campaign: Campaign, recipient: Recipient) -> bool:
    """Queue one message. False if it is night where they are, or they are not to get one."""
    connection, seq = transaction.connection, campaign.seq
    if (later := way.quiet.ends(campaign, recipient, transaction.wall)) is not None:
        table.postpone(connection, seq, recipient.position, later)
        return False
    if reason := way.audience.excluded(
        transaction, way.host, campaign.lists, campaign.category, recipient.peer
    ):
        table.settle(connection, seq, recipient.position, "skipped", reason=reason)
        return False
    within = way.quiet.begins_in(campaign, recipient, transaction.wall)
    request = SendParams(
        to=recipient.peer,
        text=filled(campaign.text, recipient.peer, recipient.fields),
        tag=campaign.tag,
        modem=campaign.modem,
        handler=campaign.handler,
        priority=_PRIORITY,
        key=f"campaign {campaign.id} {recipient.peer}",
        # it may wait long for its modem, but not until they sleep
        send_within=None if within is None else Seconds(within),
    )
    try:
        message = way.host.submit(transaction, request)
    except Refused as refusal:
        reason = str(refusal.data["reason"])
        table.settle(connection, seq, recipient.position, "skipped", reason=reason)
        return False
    table.settle(connection, seq, recipient.position, "queued", message=message.id)
    return True


def _allowed(campaign: Campaign, now: int) -> tuple[int, float | None]:
    """The number of messages that the pace allows now, and the milliseconds from one to the next."""
    if campaign.per_minute is None:
        return _AHEAD, None
    interval = 60_000 / campaign.per_minute
    return (1 if campaign.next_at <= now else 0), interval


def _until_next(campaign: Campaign, sent: int, interval: float, now: int) -> float:
    start = max(campaign.next_at, now) + sent * interval
    return max(0.0, (start - now) / 1000)
