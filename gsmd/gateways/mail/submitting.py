"""A mail that is whole, to messages on the daemon's disk.

Theory of operation. The mail's Message-ID and the recipient are the ``key`` of each message: a client that did not
hear our 250 sends the mail again, and gets the first message's id. Without a Message-ID the whole mail is the key, if
it has a date. A program that gives all its mail the same Message-ID is told from one that repeats itself by the text.

    read → a machine's? empty? too long? → send each → keep whose mail became which message, one commit → 250

A daemon that goes away in between makes it 451: the client comes again, and the keys do the rest. If some recipients
are taken and others refused at the last moment, the answer is 250, and a notice says of whom it is not true.
"""

import asyncio
import hashlib
import logging
import re
import sqlite3
from collections.abc import Sequence

import msgspec

from gsmd.client.errors import Conflict, GsmdError, NoDaemon, TimedOut
from gsmd.gateways.mail import addresses, composing, outbox, reading, tables
from gsmd.gateways.mail.addresses import Sort
from gsmd.gateways.mail.dialling import completed
from gsmd.gateways.mail.forwarding import letter_for
from gsmd.gateways.mail.house import HANDLER, House
from gsmd.gateways.mail.reading import Mail
from gsmd.gateways.mail.refusal import Refusal, refusal_of
from gsmd.gateways.mail.tables import Conversation, Submission, Waiting
from gsmd.gateways.mail.threads import now
from gsmd.gateways.mail.transaction import Accepted, Transaction
from gsmd.protocol.message import Message

log = logging.getLogger(__name__)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One message that is to be sent, of one recipient."""

    accepted: Accepted
    to: str
    key: str | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one: the id of the message, or the reason why there is none."""

    wanted: Wanted
    id: str = ""
    conversation: Conversation | None = None
    refusal: Refusal | None = None


class Submitting:
    """Sends what mail asks for."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._reading = asyncio.Semaphore(2)

    async def submit(self, envelope: Transaction, sender: str, user: str | None) -> list[str]:
        """The ids of the messages that a mail became. Errors: `Refusal`."""
        content = envelope.content
        assert isinstance(content, bytes)
        mail = await self._read(content, envelope.accepted)
        text = self._text(mail, envelope.accepted)
        outcomes = [
            await self._send(wanted, mail, text, sender, user)
            for wanted in _wanted(mail, content, envelope.accepted, self._house.settings.country)
        ]
        taken = [each for each in outcomes if each.refusal is None]
        refused = [each for each in outcomes if each.refusal is not None]
        if not taken:
            assert refused[0].refusal is not None
            raise refused[0].refusal
        await self._keep(envelope, mail, text, sender, user, taken, refused)
        return [each.id for each in taken]

    async def _read(self, content: bytes, accepted: Sequence[Accepted]) -> Mail:
        domain = self._house.settings.mail.domain
        peers = [each.conversation.peer for each in accepted if each.conversation is not None]
        async with self._reading:
            try:
                mail = await asyncio.to_thread(
                    reading.read, content, domain=domain, ours=(f"@{domain}", *peers)
                )
            except reading.Unreadable as error:
                raise Refusal(554, "5.6.0", f"the mail is not understood: {error}") from error
        if mail.machine is not None:
            why = f"mail of machines is not sent as SMS ({mail.machine})"
            raise Refusal(550, "5.7.1", why)
        return mail

    def _text(self, mail: Mail, accepted: Sequence[Accepted]) -> str:
        """What is sent: the body, or the subject of a mail that is no answer. Errors: `Refusal`."""
        bare = all(each.recipient.sort in (Sort.NUMBER, Sort.LIST) for each in accepted)
        text = mail.text or (mail.subject if bare else "")
        text = text.encode("utf-8", "replace").decode()
        if not text:
            raise Refusal(550, "5.6.0", "there is no text of your own in the mail")
        limit = self._house.settings.mail.max_parts
        if _surely_fits(text, limit):
            return text
        from gsmd import pdu  # its tables cost memory, and few texts are as long

        try:
            parts = pdu.preview(text).parts
        except pdu.PduError as error:
            raise Refusal(552, "5.3.4", f"the text is too long: {error}") from error
        if parts > limit:
            why = f"the text is too long: {len(text)} characters are {parts} SMS, and {limit} are allowed"
            raise Refusal(552, "5.3.4", why)
        return text

    # -- sending ----------------------------------------------------------------------------------

    async def _send(
        self, wanted: Wanted, mail: Mail, text: str, sender: str, user: str | None
    ) -> Outcome:
        """Errors: `Refusal` where the whole mail has to come again."""
        actor = (f"{user}@mail" if user else sender)[:128]
        try:
            if wanted.accepted.recipient.sort is Sort.LIST:
                return Outcome(wanted=wanted, id=await self._campaign(wanted, text, actor))
            message, conversation = await self._message(wanted, mail, text, sender, actor)
        except (NoDaemon, TimedOut) as error:
            raise refusal_of(error) from error
        except GsmdError as error:
            refusal = refusal_of(error)
            if refusal.code < 500:
                raise refusal from error
            return Outcome(wanted=wanted, refusal=refusal)
        return Outcome(wanted=wanted, id=message.id, conversation=conversation)

    async def _campaign(self, wanted: Wanted, text: str, actor: str) -> str:
        campaign = await self._house.client.campaigns.create(
            wanted.to, text, key=wanted.key, actor=actor
        )
        return str(getattr(campaign, "id", ""))

    async def _message(
        self, wanted: Wanted, mail: Mail, text: str, sender: str, actor: str
    ) -> tuple[Message, Conversation | None]:
        conversation = wanted.accepted.conversation
        told = self._house.settings.smarthost is not None
        handler = self._handler_of(conversation) if told else None
        modem = wanted.accepted.recipient.modem
        answers = None
        if conversation is not None:
            modem = conversation.modem or modem
            answers = self._house.threads.message_in(mail.ids) or conversation.last_inbound
        message = await self._sent(
            wanted,
            text,
            modem=modem,
            handler=handler,
            in_reply_to=answers,
            report="SUCCESS" in wanted.accepted.notify or None,
            actor=actor,
        )
        if conversation is None and told:
            conversation = await self._house.threads.of(
                HANDLER, sender, message.peer, modem, _subject_for(mail, message.peer)
            )
        return message, conversation

    async def _sent(
        self,
        wanted: Wanted,
        text: str,
        *,
        modem: str | None,
        handler: str | None,
        in_reply_to: str | None,
        report: bool | None,
        actor: str,
    ) -> Message:
        """Send, by the key; a key that stood for another text is one of a program that gives all mail the same."""
        key, answers, through = wanted.key, in_reply_to, modem
        while True:
            try:
                return await self._house.client.send(
                    wanted.to,
                    text,
                    modem=through,
                    handler=handler,
                    receipt=True if handler else None,
                    in_reply_to=answers,
                    report=report,
                    key=key,
                    actor=actor,
                )
            except Conflict:
                if key is None or key != wanted.key:
                    raise
                key = f"{key} {hashlib.sha256(text.encode()).hexdigest()[:16]}"
            except GsmdError as error:
                if answers is not None and error.field == "in_reply_to":
                    answers = None  # it has been forgotten
                elif through is not None and error.field == "modem":
                    log.warning(
                        "there is no modem %s any more: an answer goes by the routes", through
                    )
                    through = None
                else:
                    raise

    def _handler_of(self, conversation: Conversation | None) -> str:
        if conversation is None or not self._house.settings.recipients_of(conversation.handler):
            return HANDLER
        return conversation.handler

    # -- keeping ----------------------------------------------------------------------------------

    async def _keep(
        self,
        envelope: Transaction,
        mail: Mail,
        text: str,
        sender: str,
        user: str | None,
        taken: Sequence[Outcome],
        refused: Sequence[Outcome],
    ) -> None:
        """Whose mail became which message, and mail of our own about it: one commit."""
        at = now()
        account = (user or sender).lower()
        rows = [_row(each, envelope, mail, sender, account, at) for each in taken]
        letters: list[Waiting] = []
        if self._house.settings.smarthost is not None:
            letters = [
                *self._copies(taken, sender, text),
                *self._notices(taken, refused, mail, sender),
            ]

        def keep(connection: sqlite3.Connection) -> None:
            for row in rows:
                tables.add_submission(connection, row)
                if row.token is not None:
                    tables.note_mail(connection, row.token, mail.message_id, None, at)
            for letter in letters:
                tables.add_mail(connection, letter)

        await self._house.database.write(keep)
        if letters:
            self._house.outbox.wake()

    def _copies(self, taken: Sequence[Outcome], sender: str, text: str) -> list[Waiting]:
        """For the others of a forward: somebody has answered."""
        found = []
        for each in taken:
            conversation = each.conversation
            if conversation is None:
                continue
            to = composing.others(self._house.settings.recipients_of(conversation.handler), sender)
            if to:
                id_ = self._house.threads.mail_id(each.id, "copy")
                letter = letter_for(self._house, conversation, to, conversation.modem)
                mail = composing.copy(letter, text, sender, each.id, id_)
                found.append(outbox.waiting(mail, id_, "", to))
        return found

    def _notices(
        self, taken: Sequence[Outcome], refused: Sequence[Outcome], mail: Mail, sender: str
    ) -> list[Waiting]:
        """For the sender: what was left out, and whom it did not reach."""
        lines = [
            f"Nothing was sent to {each.wanted.accepted.address}: {each.refusal}."
            for each in refused
        ]
        if mail.attachments:
            lines.append(
                f"An SMS has no attachments; left out: {', '.join(mail.attachments[:20])}."
            )
        if not lines:
            return []
        threads = self._house.threads
        id_ = threads.mail_id(taken[0].id, "notice")
        notice = composing.notice(
            threads.domain, sender, f"SMS: {mail.subject}", "\n".join(lines), id_, mail.message_id
        )
        return [outbox.waiting(notice, id_, "", (sender,))]


def _surely_fits(text: str, parts: int) -> bool:
    """If a text fits whatever its alphabet: a part of several has room for 67 units of UCS-2, and may lack half a pair."""
    return len(text.encode("utf-16-le")) // 2 <= (70 if parts == 1 else 66 * parts)


def _wanted(
    mail: Mail, content: bytes, accepted: Sequence[Accepted], country: str | None
) -> list[Wanted]:
    """Each message once, also where somebody is named twice. Errors: `Refusal`."""
    found: dict[tuple[str, str], Wanted] = {}
    for each in accepted:
        numbers = [each.recipient.name]
        if each.conversation is not None:
            numbers = [each.conversation.peer]
        elif each.recipient.sort is Sort.IN_SUBJECT:
            numbers = [completed(number, country) for number in addresses.numbers_in(mail.subject)]
            if not numbers:
                raise Refusal(550, "5.1.3", "for this address the subject has to be a number")
        for to in numbers:
            key = _key(mail, content, each.recipient.sort, to)
            found.setdefault((each.recipient.sort, to), Wanted(accepted=each, to=to, key=key))
    return [*found.values()]


def _key(mail: Mail, content: bytes, sort: Sort, to: str) -> str | None:
    """The key by which a repeated mail is known; None if nothing tells it from another one."""
    if mail.message_id is None and not mail.date:
        return None
    known = mail.message_id.encode() if mail.message_id else content
    kind = "list" if sort is Sort.LIST else "number"
    digest = hashlib.sha256(known + f"\0{kind}\0{to}".encode()).hexdigest()
    return f"mail {digest[:40]}"


def _row(
    each: Outcome, envelope: Transaction, mail: Mail, sender: str, account: str, at: int
) -> Submission:
    accepted = each.wanted.accepted
    return Submission(
        message=each.id,
        account=account,
        sender=sender,
        recipient=accepted.address,
        token=None if each.conversation is None else each.conversation.token,
        mail_id=mail.message_id,
        subject=mail.subject[:200],
        notify=accepted.notify,
        original=accepted.original,
        envelope_id=envelope.envelope_id,
        at=at,
    )


def _subject_for(mail: Mail, peer: str) -> str:
    """The subject of the answers: Gmail wants the one that the mail had."""
    if not mail.subject:
        return composing.subject_of(peer)
    plain = re.sub(r"^(re:\s*)+", "", mail.subject, flags=re.IGNORECASE)
    return f"Re: {plain}"[:200]
