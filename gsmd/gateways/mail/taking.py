"""What each command of a client is answered: who may send, to whom, and when the mail is taken on.

Theory of operation.

    MAIL FROM  the sender is only noted: who has the address of a conversation may answer from anywhere
    RCPT TO    whom it stands for, if this sender may, if the daemon would send: 550 with the reason, 451 while the
               daemon is away, 452 above the quota
    DATA       read, take the person's own words, send: 250 once the daemon has each message on its disk

Who may: authenticated users, envelope senders that match `from`, and whoever has a conversation's token; the latter
two only from `networks`. A number that nobody can have and one that opted out are known at RCPT, so that the sender
hears of each by itself.
"""

import fnmatch
import ipaddress
import logging
import re
from typing import Any

import msgspec

from gsmd.client.errors import GsmdError, Invalid, NotFound
from gsmd.gateways.mail import addresses, tables
from gsmd.gateways.mail.addresses import Recipient, Sort, Unknown
from gsmd.gateways.mail.dialling import completed
from gsmd.gateways.mail.door import Door, is_loopback
from gsmd.gateways.mail.house import House
from gsmd.gateways.mail.refusal import Refusal, daemon_away, refusal_of
from gsmd.gateways.mail.submitting import Submitting
from gsmd.gateways.mail.tables import Conversation
from gsmd.gateways.mail.threads import now
from gsmd.gateways.mail.transaction import Accepted, Transaction
from gsmd.gateways.mail.users import Users

log = logging.getLogger(__name__)

CONNECTIONS = 40
PER_HOST = 20
RECIPIENTS = 100

_DAY = 24 * 3600 * 1000


class Taking:
    """The hooks that aiosmtpd calls."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._submitting = Submitting(house)
        self.doors: set[Door] = set()

    @property
    def users(self) -> Users:
        """Who may sign in."""
        return self._house.settings.users

    def connected(self, door: Door) -> bool:
        """See `Takes`."""
        here = sum(each.host == door.host for each in self.doors)
        room = len(self.doors) < CONNECTIONS and (here < PER_HOST or is_loopback(door.host))
        if self._house.draining or not room:
            return False
        self.doors.add(door)
        return True

    def lost(self, door: Door) -> None:
        """See `Takes`."""
        self.doors.discard(door)

    async def handle_exception(self, error: Exception) -> str:
        """An error of ours, or of aiosmtpd's."""
        log.error("a defect", exc_info=error)
        return "451 4.3.0 something went wrong here, try again later"

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd's name
        self, server: Door, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """What we can do."""
        del server, envelope
        session.host_name = hostname
        kept = [each for each in responses if self.users or not each.startswith("250-AUTH")]
        return [*kept[:-1], "250-DSN", kept[-1]]

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name
        self, server: Door, session: Any, envelope: Transaction, address: str, options: list[str]
    ) -> str:
        """The sender."""
        del server, session
        if len(address) > 254 or not re.fullmatch(r"[!-~]+", address) or "@" not in address:
            return "553 5.1.7 the sender is no mail address"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 the sender is noted"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: Door, session: Any, envelope: Transaction, address: str, options: list[str]
    ) -> str:
        """A recipient."""
        del options
        try:
            accepted = await self._accept(server, session, envelope, address)
        except Unknown as error:
            return Refusal(550, error.status, str(error)).answer
        except Refusal as error:
            return error.answer
        envelope.rcpt_tos.append(address)
        envelope.accepted.append(accepted)
        return "250 2.1.5 an SMS can be sent there"

    async def handle_DATA(self, server: Door, session: Any, envelope: Transaction) -> str:  # noqa: N802 -- aiosmtpd's name
        """The mail."""
        del server
        assert isinstance(envelope.content, bytes)
        sender = str(envelope.mail_from)
        user = _user_of(session)
        try:
            ids = await self._submitting.submit(envelope, sender, user)
        except Refusal as error:
            log.info("mail is refused: %s", error)
            return error.answer
        return f"250 2.6.0 queued as {' '.join(ids)}"[:500]

    # -- recipients -------------------------------------------------------------------------------

    async def _accept(
        self, door: Door, session: Any, envelope: Transaction, address: str
    ) -> Accepted:
        settings = self._house.settings
        recipient = addresses.read(
            address,
            domain=settings.mail.domain,
            contacts=settings.mail.contacts,
            modems=settings.modems,
        )
        if recipient.sort is Sort.NUMBER:
            to = completed(re.sub(r"[.-]", "", recipient.name), settings.country)
            recipient = msgspec.structs.replace(recipient, name=to)
        conversation = None
        if recipient.sort is Sort.TOKEN:
            conversation = await self._house.threads.by_token(recipient.name)
        self._check_sender(door, session, str(envelope.mail_from), answers=conversation is not None)
        if recipient.sort is Sort.TOKEN and conversation is None:
            raise Refusal(550, "5.1.1", "there is no such conversation")
        if len(envelope.accepted) >= RECIPIENTS:
            raise Refusal(452, "4.5.3", f"at most {RECIPIENTS} recipients at once")
        await self._check_quota(session, envelope)
        await self._check_recipient(recipient, conversation)
        return Accepted(
            address=address,
            recipient=recipient,
            conversation=conversation,
            notify=envelope.options.get("NOTIFY", "").upper(),
            original=envelope.options.get("ORCPT"),
        )

    def _check_sender(self, door: Door, session: Any, sender: str, *, answers: bool) -> None:
        """Errors: `Refusal` for who may not send."""
        if session.authenticated:
            return
        mail = self._house.settings.mail
        if not _is_in(door.host, mail.networks):
            raise Refusal(550, "5.7.1", "sign in first: your address is not one of ours")
        if answers or any(fnmatch.fnmatchcase(sender.lower(), each.lower()) for each in mail.from_):
            return
        raise Refusal(550, "5.7.1", f"{sender} may not send SMS here")

    async def _check_quota(self, session: Any, envelope: Transaction) -> None:
        limit = self._house.settings.mail.per_sender
        if limit is None:
            return
        who = (_user_of(session) or str(envelope.mail_from)).lower()
        sent = await self._house.database.read(lambda c: tables.sent_since(c, who, now() - _DAY))
        if sent + len(envelope.accepted) >= limit:
            raise Refusal(452, "4.7.1", f"at most {limit} messages a day; try again later")

    async def _check_recipient(
        self, recipient: Recipient, conversation: Conversation | None
    ) -> None:
        """Errors: `Refusal` for whom nothing can be sent to, or as long as that cannot be known."""
        if recipient.sort is Sort.IN_SUBJECT:
            return
        client = self._house.client
        if not self._house.watch.present:
            raise daemon_away()
        try:
            if recipient.sort is Sort.LIST:
                await client.lists.get(recipient.name, limit=1)
                return
            number = recipient.name if conversation is None else conversation.peer
            person = await client.people.get(number)
        except NotFound as error:
            raise Refusal(550, "5.1.1", f"there is no list {recipient.name}") from error
        except Invalid as error:
            raise Refusal(550, "5.1.3", str(error)) from error
        except GsmdError as error:
            raise refusal_of(error) from error
        newest = max(person.optout, key=lambda change: change.at, default=None)
        if newest is not None and newest.wish == "stop":
            raise Refusal(550, "5.7.1", "the recipient opted out of messages from us")


def _user_of(session: Any) -> str | None:
    """The user that signed in."""
    data = session.auth_data if session.authenticated else None
    return None if data is None else str(data.login.decode("utf-8", "replace"))


def _is_in(host: str, networks: tuple[str, ...]) -> bool:
    if not host:
        return True  # over a Unix socket, whose permissions say who may
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    known = [ipaddress.ip_network(each, strict=False) for each in networks]
    return any(address in each for each in known if each.version == address.version)
