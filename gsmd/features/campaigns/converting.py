"""What recipients did elsewhere, as programs tell it: ``conversions.add``."""

from collections.abc import Iterator

from gsmd.features.campaigns import conversion_table, table, trial_table
from gsmd.features.campaigns.conversion_table import Conversion
from gsmd.features.campaigns.hearing import Hearing, counts, note
from gsmd.features.campaigns.rules import is_conversion
from gsmd.features.campaigns.trial_table import REST, Trial, Tried
from gsmd.protocol import conversions as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Direction
from gsmd.protocol.numbers import normalise
from gsmd.store.ledger import Transaction
from gsmd.store.tables import messages


def convert(
    transaction: Transaction, hearing: Hearing, asked: rows.ConversionParams
) -> rows.Conversion:
    """Note what somebody did for every campaign that it counts for. Errors: `Refused`."""
    connection = transaction.connection
    peer, sent = _who(transaction, hearing, asked)
    known = [] if asked.key is None else conversion_table.of_key(connection, asked.key)
    if not known:
        for trial, tried in _concerned(transaction, hearing, peer, sent):
            if is_conversion(trial.goal, asked.goal) and counts(transaction, trial, tried):
                known.append((trial.campaign, tried.variant))
                _add(transaction, trial, tried, peer, asked)
    campaigns = [
        rows.ConvertedCampaign(
            id=table.id_of(connection, campaign),
            variant=trial_table.name_of(connection, campaign, variant) if variant != REST else None,
        )
        for campaign, variant in known
    ]
    return rows.Conversion(peer=peer, goal=asked.goal, value=asked.value, campaigns=campaigns)


def _who(
    transaction: Transaction, hearing: Hearing, asked: rows.ConversionParams
) -> tuple[str, str | None]:
    """The number, and the message of ours (id) that it followed, if that is known. Errors: `Refused`."""
    if asked.peer is not None:
        return normalise(asked.peer, hearing.country), None
    found = messages.find(transaction.connection, asked.message or "")
    if found is None:
        text = f"there is no message {asked.message!r}"
        raise Refused(Code.NOT_FOUND, text, reason="no_such_message", field="message")
    message = found[1]
    ours = message.direction is Direction.OUTBOUND
    return message.peer, message.id if ours else message.in_reply_to


def _concerned(
    transaction: Transaction, hearing: Hearing, peer: str, sent: str | None
) -> Iterator[tuple[Trial, Tried]]:
    """The trial whose message that was; else all that wrote to them."""
    trials = hearing.trials(transaction.connection)
    for trial in trials if sent is not None else ():
        tried = trial_table.by_message(transaction.connection, trial.campaign, sent or "")
        if tried is not None:
            yield trial, tried
            return
    for trial in trials:
        tried = hearing.recipient(transaction.connection, trial, peer)
        if tried is not None:
            yield trial, tried


def _add(
    transaction: Transaction, trial: Trial, tried: Tried, peer: str, asked: rows.ConversionParams
) -> None:
    connection, campaign = transaction.connection, trial.campaign
    done = Conversion(
        campaign, tried.variant, peer, transaction.wall, asked.goal, asked.value, asked.key
    )
    conversion_table.add(connection, done)
    if asked.value is not None:
        conversion_table.add_worth(connection, campaign, tried.variant, asked.value)
    note(transaction, trial, tried, "converted")
    transaction.record_event("campaign.converted", None, table.id_of(connection, campaign))
