"""One mail on its way in, from MAIL FROM to the answer to its content."""

import msgspec

from gsmd.gateways.mail.addresses import Recipient
from gsmd.gateways.mail.libraries import Envelope
from gsmd.gateways.mail.tables import Conversation


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient that was answered 250, and what was asked about telling of it (RFC 3461)."""

    address: str
    recipient: Recipient
    conversation: Conversation | None
    notify: str
    original: str | None


class Transaction(Envelope):
    """aiosmtpd's envelope, with ``options`` of the command at hand and ENVID (RFC 3461 §4.4)."""

    def __init__(self) -> None:
        super().__init__()
        self.options: dict[str, str] = {}
        self.envelope_id: str | None = None
        self.accepted: list[Accepted] = []
