"""Mail of ours: a message that came in, what somebody else answered, what became of a message. Pure: no I/O.

Headers are set through `email.message.EmailMessage`, which refuses line ends in them; texts of others are put on one
line before. Text goes as quoted-printable or base64 where that is needed, so that no line is too long. Message-IDs
are put in afterwards: the library folds long ones into encoded words, and no program would find the thread again.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.message import Message as Mime
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

import msgspec

from gsmd.gateways.mail import addresses
from gsmd.gateways.mail.reading import one_line
from gsmd.gateways.mail.tables import Conversation, Submission
from gsmd.protocol.message import Kind, Message, State

_POLICY = policy.SMTP


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """Whatever all mail of a conversation has in its headers. ``name`` is the contact's, if it has one."""

    conversation: Conversation
    root: str
    domain: str
    to: tuple[str, ...]
    modem: str | None
    name: str | None = None
    sender: str | None = None

    @property
    def answer_to(self) -> str | None:
        """The address that an answer goes to; None if nothing can be sent to the peer."""
        conversation = self.conversation
        if not re.fullmatch(r"\+?[0-9]{3,20}", conversation.peer):
            return None
        return addresses.answering(conversation.peer, self.modem, conversation.token, self.domain)

    @property
    def envelope_sender(self) -> str:
        """Whom mail to the smarthost is from."""
        return self.sender or self.answer_to or f"{addresses.NOBODY}@{self.domain}"

    def headers(self, at: datetime, shown: str) -> EmailMessage:
        """A mail without content and ids; ``shown`` is the name whom it is from."""
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = _address(shown, self.envelope_sender)
        mail["To"] = tuple(_address("", each) for each in self.to)
        if self.answer_to is not None:
            mail["Reply-To"] = _address(shown, self.answer_to)
        mail["Subject"] = one_line(self.conversation.subject)[:200]
        mail["Date"] = at
        mail["X-Auto-Response-Suppress"] = "All"
        return mail

    def finished(self, mail: EmailMessage, message_id: str) -> Mime:
        """The mail as it goes out, in its thread."""
        last = self.conversation.last_mail
        known = [self.root] if last in (None, self.root, message_id) else [self.root, str(last)]
        return _with_ids(mail, message_id, known)


def subject_of(peer: str) -> str:
    """The subject of a conversation: the same one for ever, so that programs keep it together."""
    return f"SMS {one_line(peer)}"


def inbound(letter: Letter, message: Message, message_id: str) -> Mime:
    """A message that came in."""
    peer = one_line(message.peer)
    shown = f"{peer} ({letter.name})" if letter.name else peer
    mail = letter.headers(message.created_at, shown)
    mail["X-Gsmd-Id"] = message.id
    mail["X-Gsmd-Sim"] = one_line(message.modem or "")
    mail["X-Gsmd-Peer"] = peer
    mail.set_content(_whole(_text_of(message)))
    return letter.finished(mail, message_id)


def copy(letter: Letter, text: str, author: str, message: str, message_id: str) -> Mime:
    """What somebody answered, for the others who have the conversation before them."""
    shown = f"{one_line(author)} to {one_line(letter.conversation.peer)}"
    mail = letter.headers(datetime.now(UTC), shown)
    mail["X-Gsmd-Id"] = message
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_whole(f"{one_line(author)} answered by SMS:\n\n{text}"))
    return letter.finished(mail, message_id)


def notice(
    domain: str, to: str, subject: str, text: str, message_id: str, answers: str | None
) -> Mime:
    """A word of the gateway's own to a sender; ``answers`` is the Message-ID of their mail."""
    mail = EmailMessage(policy=_POLICY)
    _notice_headers(mail, domain, to, subject)
    mail.set_content(_whole(text))
    return _with_ids(mail, message_id, [answers] if answers else [])


def report(domain: str, row: Submission, message: Message, state: State, message_id: str) -> Mime:
    """What became of a message, for people and as a delivery status notification (RFC 3464)."""
    good = state in (State.DELIVERED, State.SENT)
    mail = MIMEMultipart("report", report_type="delivery-status", policy=_POLICY)
    subject = f"SMS to {message.peer}: {_outcome(state)}"
    _notice_headers(mail, domain, row.sender, subject)
    mail.attach(MIMEText(_whole(_words(message, state)), "plain", "utf-8", policy=_POLICY))
    mail.attach(_status(domain, row, message, state, good=good))
    original = Mime(policy=_POLICY)
    original["Content-Type"] = "text/rfc822-headers"
    lines = [f"Message-ID: {row.mail_id}"] if row.mail_id else []
    original.set_payload("\r\n".join([*lines, f"To: {row.recipient}", ""]))
    mail.attach(original)
    return _with_ids(mail, message_id, [row.mail_id] if row.mail_id else [])


def _with_ids(mail: EmailMessage | MIMEMultipart, message_id: str, answers: Sequence[str]) -> Mime:
    plain = message_from_bytes(mail.as_bytes(), policy=policy.compat32)
    plain["Message-ID"] = message_id
    if known := [each for each in answers if re.fullmatch(r"<[!-~]{1,400}>", each)]:
        plain["In-Reply-To"] = known[-1]
        plain["References"] = " ".join(known)
    return plain


def reason_of(message: Message) -> str:
    """The reason of a failure, as a sentence."""
    if message.error is None:
        return ""
    return one_line(message.error.message or message.error.reason)


def _notice_headers(mail: EmailMessage | MIMEMultipart, domain: str, to: str, subject: str) -> None:
    mail["From"] = str(_address("SMS gateway", f"{addresses.NOBODY}@{domain}"))
    mail["To"] = str(_address("", to))
    mail["Subject"] = one_line(subject)[:200]
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"


def _status(domain: str, row: Submission, message: Message, state: State, *, good: bool) -> Mime:
    whole, one = Mime(policy=_POLICY), Mime(policy=_POLICY)
    whole["Reporting-MTA"] = f"dns; {domain}"
    if row.envelope_id:
        whole["Original-Envelope-Id"] = one_line(row.envelope_id)
    whole["Arrival-Date"] = format_datetime(datetime.fromtimestamp(row.at / 1000, UTC))
    if row.original:
        one["Original-Recipient"] = one_line(row.original)
    one["Final-Recipient"] = f"rfc822; {one_line(row.recipient)}"
    one["Action"] = "delivered" if state is State.DELIVERED else "relayed" if good else "failed"
    one["Status"] = "2.0.0" if good else "4.4.7" if state is State.EXPIRED else "5.0.0"
    if not good:
        one["Diagnostic-Code"] = f"x-sms; {reason_of(message) or state}"
    part = Mime(policy=_POLICY)
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([whole, one])
    return part


def _words(message: Message, state: State) -> str:
    why = reason_of(message)
    because = f": {why}" if why else ""
    text = (message.text or "").strip()
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    return f"Your SMS to {message.peer} was {_outcome(state)}{because}.\n\n{quoted}\n"


def _outcome(state: State) -> str:
    if state is State.EXPIRED:
        return "not delivered in time"
    if state is State.FAILED:
        return "not delivered"
    return str(state)


def _text_of(message: Message) -> str:
    lines = []
    if message.text is not None:
        lines.append(message.text)
    elif message.data is not None:
        ports = message.ports
        behind = f" from port {ports.source} to port {ports.destination}" if ports else ""
        lines.append(f"Data{behind}: {message.data}")
    if not message.complete:
        lines.append("[A part of this message is missing.]")
    if message.kind is Kind.REPORT:
        lines.append("[This is a delivery report.]")
    return "\n\n".join(lines) or "[This message has no text.]"


def _address(shown: str, address: str) -> Address:
    return Address(display_name=one_line(shown)[:100], addr_spec=address)


def _whole(text: str) -> str:
    """A text that can be encoded, with LF alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()


def others(recipients: Sequence[str], author: str) -> tuple[str, ...]:
    """The recipients but the author."""
    return tuple(each for each in recipients if each.lower() != author.lower())
