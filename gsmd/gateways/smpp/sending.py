"""A message to the daemon, and what is kept of its submission."""

from datetime import UTC, datetime
from typing import Any

from gsmd.client.errors import GsmdError
from gsmd.gateways.smpp import outcomes
from gsmd.gateways.smpp.accounts import Account
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.parameters import Submit, reference_of
from gsmd.gateways.smpp.refusal import Refusal
from gsmd.gateways.smpp.tables import Submission
from gsmd.smpp import Address
from gsmd.smpp.status import for_version


async def send(line: DaemonLine, params: dict[str, Any], version: int) -> str:
    """The id of the message once it is on the daemon's disk. Errors: `Refusal`."""
    try:
        message = await line.call("messages.send", params)
    except GsmdError as error:
        raise Refusal(for_version(outcomes.status_of(error), version), str(error)) from error
    return str(message["id"])


def row_of(
    account: Account,
    pdu: Submit,
    destination: Address,
    id_: str,
    public: str | None,
    now: datetime,
) -> Submission:
    """What is kept of a submission that the daemon accepted as ``id_``."""
    return Submission(
        id=id_,
        account=account.name,
        public=public,
        service_type=pdu.service_type,
        source=pdu.source,
        destination=destination,
        registered=pdu.registered_delivery,
        reference=reference_of(pdu),
        data_coding=pdu.data_coding,
        parts=None,
        at=milliseconds(now),
    )


def milliseconds(moment: datetime) -> int:
    """A moment as the tables have it."""
    return round(moment.timestamp() * 1000)


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)
