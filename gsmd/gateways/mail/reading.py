"""From the octets of a mail to what matters of it. Pure: no I/O.

Theory of operation. A mail may be anything: cut off, nested a thousand deep, in alphabets that do not exist. So
headers are decoded here one by one, each up to a bound, and of the parts only the first that is text counts, and
only so much of it as many SMS could carry. What cannot be decoded is read with marks in its place; what is built to
overwhelm is `Unreadable`. Nothing else is raised.
"""

import binascii
import re
from collections.abc import Iterator, Sequence
from email import policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from itertools import count
from typing import Any

import msgspec

from gsmd.gateways.mail import quoting

LONGEST_HEADER = 2000
"""Octets of a header that are looked at; of lists of references so many from the end."""

LONGEST_TEXT = 50_000
"""Characters of a text that are looked at: no SMS is as long."""

LONGEST_HTML = 200_000
"""Characters of HTML."""

LONGEST_BASE64 = 280_000
"""Octets of base64 that are looked at: as much as `LONGEST_HTML` takes."""

MOST_PARTS = 200

MOST_HEADERS = 2000
"""Lines of headers of a mail; what servers on its way add to it is a hundred or two."""

_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")
_ANSWER = re.compile(
    r"\s*(re|aw|sv|vs|antw|odp|ref|rif|r|回复|答复|Ответ|ynt|bls)\s*(\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
_MULTIPART = re.compile(rb"^content-type:\s*multipart/", re.MULTILINE | re.IGNORECASE)
_BASE64 = re.compile(rb"(?:^[A-Za-z0-9+/]{60,76}\r?\n)++", re.MULTILINE)
_BULK = frozenset(("bulk", "list", "junk", "auto_reply"))


class Unreadable(Exception):
    """No reader of mail could make sense of it."""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """What matters of a mail. ``text`` is the person's own; ``ids`` what it answers, the newest last.

    ``machine``: the reason why it is taken for one of a machine; None if it is not. ``attachments`` are names.
    """

    message_id: str | None
    date: str
    subject: str
    text: str
    ids: tuple[str, ...]
    machine: str | None
    attachments: tuple[str, ...]


def read(content: bytes, *, domain: str, ours: Sequence[str] = ()) -> Mail:
    """Read a mail. ``ours``: as `quoting.written`. Errors: `Unreadable`."""
    try:
        message = _parsed(content)
        parts = [*_parts(message)]
        return _read(message, parts, domain, ours)
    except RecursionError:
        raise Unreadable("its parts are inside each other without end") from None
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError) as error:
        # the library's parser has its own holes; whatever falls into one is nobody's mail
        raise Unreadable(f"it cannot be read ({type(error).__name__})") from error


def _parsed(content: bytes) -> Message:
    """Errors: `Unreadable`, as soon as the parser makes an object of more headers or parts than a mail has."""
    if content.count(b"\n", 0, _end_of_headers(content)) > MOST_HEADERS:
        raise Unreadable(f"it has more than {MOST_HEADERS} lines of headers")
    made = count()  # the first is the parser's, which tries the function

    def part(**settings: Any) -> Message:
        if next(made) > MOST_PARTS:
            raise Unreadable(f"it has more than {MOST_PARTS} parts")
        return Message(**settings)

    return BytesParser(part, policy=policy.compat32).parsebytes(_without_bulk(content))


def _end_of_headers(content: bytes) -> int:
    found = (content.find(b"\r\n\r\n"), content.find(b"\n\n"))
    return min((each for each in found if each >= 0), default=len(content))


def _without_bulk(content: bytes) -> bytes:
    """The mail with what is longer than any text cut off: the parser would make a string of each line."""
    end = _end_of_headers(content)
    if len(content) > end + LONGEST_BASE64 and not _MULTIPART.search(content, 0, end):
        content = content[: end + LONGEST_BASE64]
    return _BASE64.sub(lambda run: _beginning(run[0]), content)


def _beginning(run: bytes) -> bytes:
    return run if len(run) <= LONGEST_BASE64 else run[: run.rindex(b"\n", 0, LONGEST_BASE64) + 1]


def header(message: Message, name: str) -> str:
    """A header as people read it, on one line, cut off at a bound; empty if there is none."""
    raw = _raw(message, name)[:LONGEST_HEADER]
    pieces = []
    try:
        for octets, charset in decode_header(re.sub(r"\r?\n[ \t]?", " ", raw)):
            pieces.append(octets if isinstance(octets, str) else _decoded(octets, charset))
    except (HeaderParseError, binascii.Error, ValueError):
        pieces = [raw]
    return one_line("".join(pieces))


def one_line(text: str) -> str:
    """The text without line ends, control characters and halves of characters."""
    plain = text.encode("utf-8", "replace").decode()
    plain = "".join(" " if ord(each) < 32 or 127 <= ord(each) < 160 else each for each in plain)
    return re.sub(r"[\s\u2028\u2029]+", " ", plain).strip()


def _read(message: Message, parts: Sequence[Message], domain: str, ours: Sequence[str]) -> Mail:
    ids = _ids(message)
    subject = header(message, "Subject")
    is_answer = bool(ids) or _ANSWER.match(subject) is not None
    own = _ID.search(_raw(message, "Message-ID")[:LONGEST_HEADER])
    return Mail(
        message_id=None if own is None else own[0],
        date=header(message, "Date"),
        subject=subject,
        text=_own_words(parts, ours, answer=is_answer),
        ids=ids,
        machine=_machine(message, domain),
        attachments=tuple(_attachments(parts)),
    )


def _own_words(parts: Sequence[Message], ours: Sequence[str], *, answer: bool) -> str:
    """The person's text: of the HTML where that marks the quote, else of the plain text."""
    plain = next((part for part in parts if _is_text(part, "text/plain")), None)
    html = next((part for part in parts if _is_text(part, "text/html")), None)
    if html is not None:
        from gsmd.gateways.mail import (
            html_text,
        )  # its tables cost memory, and many senders need none

        source = _content(html, LONGEST_HTML)
        found = html_text.extract(source)
        if found.marked or plain is None:
            own = quoting.written(found.text, ours=ours, answer=answer)
            if own or answer:
                return own
            return html_text.extract(source, whole=True).text
    if plain is None:
        return ""
    text = _unfolded(plain, _content(plain))
    return quoting.written(text, ours=ours, answer=answer) or ("" if answer else _trimmed(text))


def _trimmed(text: str) -> str:
    return quoting.without_signature(text) or text.strip()


def _parts(message: Message) -> Iterator[Message]:
    """The parts that are no containers. Errors: `Unreadable`."""
    waiting, seen = [message], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise Unreadable(f"it has more than {MOST_PARTS} parts")
        content = part.get_payload()
        if part.get_content_maintype() == "message":
            yield part  # another mail: nothing of this one's author
        elif isinstance(content, list):
            waiting += reversed([each for each in content if isinstance(each, Message)])
        else:
            yield part


def _is_text(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and part.get_content_disposition() != "attachment"


def _content(part: Message, longest: int = LONGEST_TEXT) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    charset = part.get_param("charset", "utf-8")
    text = _decoded(octets[: 4 * longest], charset if isinstance(charset, str) else "utf-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\0", "")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\ufeff", "")
    return text[:longest]


def _decoded(octets: bytes, charset: str | None) -> str:
    name = (charset or "ascii").lower()
    if name in {"ascii", "us-ascii", "unknown-8bit", "iso-8859-1"}:
        name = "utf-8" if _is_utf8(octets) else "cp1252"
    try:
        text = octets.decode(name, "replace")
    except (LookupError, ValueError, TypeError):
        text = octets.decode("utf-8" if _is_utf8(octets) else "cp1252", "replace")
    return text if isinstance(text, str) else ""


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unfolded(part: Message, text: str) -> str:
    """Lines put together that the sender's program has broken (RFC 3676)."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joins = str(part.get_param("delsp", "")).lower() == "yes"
    lines: list[list[str]] = []
    open_ = False
    for raw in text.split("\n"):
        line = raw.removeprefix(" ")
        quoted = line.startswith(">")
        open_here = line.endswith(" ") and not quoted and line != "-- "
        piece = line[:-1] if open_here and joins else line
        if open_ and not quoted:
            lines[-1].append(piece)
        else:
            lines.append([piece])
        open_ = open_here
    return "\n".join("".join(pieces) for pieces in lines)


def _attachments(parts: Sequence[Message]) -> Iterator[str]:
    for part in parts:
        if (
            part.get_content_disposition() == "attachment"
            or part.get_content_maintype() == "message"
        ):
            name = part.get_param("filename", None, "content-disposition") or part.get_param("name")
            text = name[2] if isinstance(name, tuple) else str(name or part.get_content_type())
            yield one_line(text)[:100]


def _ids(message: Message) -> tuple[str, ...]:
    """The mails that it answers: References, and In-Reply-To last."""
    found = [
        each
        for name in ("References", "In-Reply-To")
        for each in _ID.findall(_raw(message, name)[-LONGEST_HEADER:])
    ]
    return tuple(dict.fromkeys(found))


def _machine(message: Message, domain: str) -> str | None:
    """The reason why it is a machine's; None if a person may have written it."""
    automatic = _raw(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if automatic and automatic != "no":
        return f"Auto-Submitted: {one_line(automatic)[:40]}"
    precedence = _raw(message, "Precedence").strip().lower()
    if precedence in _BULK:
        return f"Precedence: {precedence}"
    for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "X-Loop", "X-Gsmd-Id"):
        if message.get(name) is not None:
            return f"it has a header {name}"
    if message.get_content_type() == "multipart/report":
        return "it is a report"
    own = _ID.search(_raw(message, "Message-ID")[:LONGEST_HEADER])
    if own is not None and own[0].lower().endswith(f"@{domain.lower()}>"):
        return "it is one of our own"
    return None


def _raw(message: Message, name: str) -> str:
    value = message.get(name, "")
    return value if isinstance(value, str) else str(value)
