"""The sending of campaigns: each in its turn queues what its pace, the hour and the queue allow."""

from collections.abc import Sequence

import msgspec

from gsmd.features import Host
from gsmd.features.campaigns import late, table, trial_table, trials
from gsmd.features.campaigns.audience import Audience
from gsmd.features.campaigns.quiet import Quiet
from gsmd.features.campaigns.rules import filled
from gsmd.features.campaigns.table import Campaign, Recipient
from gsmd.features.campaigns.trial_table import HELD, REST
from gsmd.features.campaigns.trials import Outlook, Texts
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Message
from gsmd.protocol.messages import SendParams
from gsmd.protocol.numbers import normalise
from gsmd.protocol.types import Seconds
from gsmd.store.ledger import Transaction
from gsmd.store.tables import messages

_AHEAD = 24
"""Messages that wait in the queue at most before a campaign adds more: others get their turn."""

_AT_ONCE = 200
"""Of the rest that wait for a decision, how many are released together."""

_PRIORITY = -10
"""Everything else goes first."""

_LOOK_EVERY = 60.0
"""Seconds after which a jump of the wall clock is noticed."""


class Way(msgspec.Struct, frozen=True):
    """What a campaign goes by and through. ``country``: whose national numbers there are."""

    host: Host
    audience: Audience
    quiet: Quiet
    country: str | None


def advance(transaction: Transaction, way: Way) -> Outlook | None:
    """Decide what can be decided, and queue what is due now; None if there is nothing to be done, now or later."""
    looks = [
        *(trials.look(transaction, each) for each in trial_table.open_ones(transaction.connection)),
        *(_advance(transaction, way, each) for each in table.running(transaction.connection)),
    ]
    if not looks:
        return None
    waits = (each.wait for each in looks)
    return Outlook(min((*waits, _LOOK_EVERY)), any(each.moving for each in looks))


def move(transaction: Transaction, campaign: Campaign, state: str) -> None:
    """Bring a campaign to a state, on record."""
    ended = transaction.wall if state in {"done", "cancelled"} else None
    table.set_state(transaction.connection, campaign.seq, state, ended)
    transaction.record_event(f"campaign.{state}", None, campaign.id)


def take_back(
    transaction: Transaction, host: Host, audience: Audience, peers: Sequence[str] | None
) -> None:
    """Cancel offers that wait in the queue for somebody (``peers``; None: anybody) who agreed to them no more."""
    connection = transaction.connection
    for seq, name, campaign, position in table.waiting_offers(connection, peers):
        message = messages.get(connection, seq)
        if not audience.consents.given(connection, name.split(","), message.peer):
            host.cancel(transaction, seq, message)
            table.settle(connection, campaign, position, "skipped", reason="no_consent")


def _advance(transaction: Transaction, way: Way, campaign: Campaign) -> Outlook:
    """Queue what is due of this one, if its time has come."""
    wall = transaction.wall
    if campaign.not_before is not None and campaign.not_before > wall:
        return Outlook((campaign.not_before - wall) / 1000, moving=False)
    return _queue(transaction, way, campaign)


def _queue(transaction: Transaction, way: Way, campaign: Campaign) -> Outlook:
    """Queue what is due of this one."""
    connection, wall = transaction.connection, transaction.wall
    texts = _texts(transaction, campaign)
    if way.quiet.applies(campaign):
        late.take_up(transaction, campaign)
    room = table.queue_room(connection, _AHEAD)
    allowed, interval = _allowed(campaign, transaction.now)
    chosen = table.due(connection, campaign.seq, wall, min(room, allowed))
    sent = sum(_send(transaction, way, campaign, texts, recipient) for recipient in chosen)
    if interval is not None and sent:
        start = max(campaign.next_at, transaction.now)
        table.set_next(connection, campaign.seq, round(start + sent * interval))
    next_due = table.next_due(connection, campaign.seq)
    undecided = texts is not None and not texts.decided
    if next_due is None or (undecided and next_due == HELD):
        if not undecided and way.quiet.applies(campaign) and late.is_waiting(transaction, campaign):
            return Outlook(_LOOK_EVERY, moving=True)
        if not undecided:
            move(transaction, campaign, "done")
        return Outlook(_LOOK_EVERY, moving=sent > 0)  # it is the trial that goes on
    if next_due > wall and texts is not None and texts.decided:
        next_due = 0 if trial_table.release(connection, campaign.seq, _AT_ONCE) else next_due
    if len(chosen) > sent:
        return Outlook(0.0, moving=True)  # some are asleep: whoever is next may not be
    if next_due > wall:
        return Outlook((next_due - wall) / 1000, moving=True)
    if room <= sent:
        return Outlook(_LOOK_EVERY, moving=True)
    pause = 0.0 if interval is None else _until_next(campaign, sent, interval, transaction.now)
    return Outlook(pause, moving=True)


def _texts(transaction: Transaction, campaign: Campaign) -> Texts | None:
    """The texts of a campaign that has several."""
    trial = trial_table.get(transaction.connection, campaign.seq)
    if trial is None:
        return None
    return Texts(trial, trial_table.variants(transaction.connection, campaign.seq))


def _text_for(
    transaction: Transaction, campaign: Campaign, texts: Texts | None, recipient: Recipient
) -> str | None:
    """What they get; None: that is not decided yet. Who was to be tried with what nobody is tried with any more is one of the rest."""
    number = recipient.variant
    if texts is None or number is None:
        return campaign.text
    held = texts.is_held(number)
    if number != REST and (held or texts.decided):
        due_at = HELD if held else 0
        trial_table.move(transaction.connection, campaign.seq, recipient.position, due_at)
    return None if held else texts.of(number)


def _send(
    transaction: Transaction,
    way: Way,
    campaign: Campaign,
    texts: Texts | None,
    recipient: Recipient,
) -> bool:
    """Queue one message. False if it is night where they are, or they are not to get one, or not yet."""
    connection, seq = transaction.connection, campaign.seq
    text = _text_for(transaction, campaign, texts, recipient)
    if text is None:
        return False
    try:
        recipient = _by_number(transaction, way, campaign, recipient)
        if (later := way.quiet.ends(campaign, recipient, transaction.wall)) is not None:
            table.postpone(connection, seq, recipient.position, later)
            return False
        message = _submit(transaction, way, campaign, text, recipient)
    except Refused as refusal:
        reason = str(refusal.data["reason"])
        table.settle(connection, seq, recipient.position, "skipped", reason=reason)
        return False
    table.settle(connection, seq, recipient.position, "queued", message=message.id)
    return True


def _submit(
    transaction: Transaction, way: Way, campaign: Campaign, text: str, recipient: Recipient
) -> Message:
    """Queue the message. Errors: `Refused`, to be skipped for that reason."""
    if reason := way.audience.excluded(
        transaction, way.host, campaign.lists, campaign.category, recipient.peer
    ):
        raise Refused(Code.REFUSED, "they are not to get it", reason=reason)
    within = way.quiet.begins_in(campaign, recipient, transaction.wall)
    request = SendParams(
        to=recipient.peer,
        text=filled(text, recipient.peer, recipient.fields),
        tag=campaign.tag,
        modem=campaign.modem,
        handler=campaign.handler,
        priority=_PRIORITY,
        key=late.key_of(transaction.connection, campaign, recipient.peer),
        # it may wait long for its modem, but not until they sleep
        send_within=None if within is None else Seconds(within),
    )
    return way.host.submit(transaction, request)


def _by_number(
    transaction: Transaction, way: Way, campaign: Campaign, recipient: Recipient
) -> Recipient:
    """The recipient by the number that their message has: the list may be from before the country was known. Errors: `Refused`."""
    connection, peer = transaction.connection, normalise(recipient.peer, way.country)
    if peer == recipient.peer:
        return recipient
    if table.has(connection, campaign.seq, peer):
        raise Refused(Code.CONFLICT, "they are in it by another spelling", reason="duplicate")
    table.rename(connection, campaign.seq, recipient.position, peer)
    return recipient._replace(peer=peer)


def _allowed(campaign: Campaign, now: int) -> tuple[int, float | None]:
    """The number of messages that the pace allows now, and the milliseconds from one to the next."""
    if campaign.per_minute is None:
        return _AHEAD, None
    interval = 60_000 / campaign.per_minute
    return (1 if campaign.next_at <= now else 0), interval


def _until_next(campaign: Campaign, sent: int, interval: float, now: int) -> float:
    start = max(campaign.next_at, now) + sent * interval
    return max(0.0, (start - now) / 1000)
