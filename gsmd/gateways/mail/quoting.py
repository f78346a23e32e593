"""What a person wrote, out of a text with quotes and a signature in it. Pure: no I/O.

Theory of operation. Mail programs put what is answered below the answer, above it, or around it; they mark its lines
with ``>``, announce it with a line ("On …, … wrote:"), or put the headers of the other mail before it. Each says so in
the language of its user. So the rules go by the form first, and by words second:

    an announcement   ends in a colon, and has the words of a language, or one of ours in it: our address or number,
                      which stand in every announcement of an answer to us, whatever the language
      + lines with > behind it: these are taken away, and what follows is looked at again
      + anything else behind it: the rest is the quote
    a block of headers, or a rule with words in it ("-----Original Message-----"): the rest is the quote
    "-- " alone: the rest is a signature
    a last line as phones add it ("Sent from my …"): taken away

Greetings and closings are the person's own words, and stay.
"""

import re
from collections.abc import Sequence

from gsmd.gateways.mail import quoting_words as words

_QUOTED = re.compile(r"\s{0,3}(>|\|\s|}\s)")
_RULE = re.compile(r"\s*[-_*=]{3,}\s*(?P<words>[^-_*=\n][^\n]{0,80}?)\s*[-_*=]{3,}\s*")
_LINE = re.compile(r"\s*_{5,}\s*")
_HEADER = re.compile(
    r"\s*\**\s*(?P<key>[^\W\d_][^:\n*：]{0,24}?)\s*\**\s*[:：]\s*\**\s*(?P<value>\S.*)"
)
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b(19|20)\d{2}\b")
_ANNOUNCEMENT_LINES = 4
_ANNOUNCEMENT_LENGTH = 500
_HEADER_LINES = 8
_PHONE_LINES = 3
_PHONE_LENGTH = 300


def written(text: str, *, ours: Sequence[str] = (), answer: bool = True) -> str:
    """The text without what others wrote, and without the signature; empty if nothing is left.

    ``ours`` are texts that announce that we are quoted. ``answer``: it answers something; else lines that begin
    with ``>`` are only taken away behind an announcement.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    kept: list[str] = []
    announced = False
    at = 0
    while at < len(lines):
        length = _announcement(lines, at, ours)
        if length:
            announced = True
            behind = _skip_blank(lines, at + length)
            if behind < len(lines) and not _QUOTED.match(lines[behind]):
                break
            at = _skip_quoted(lines, behind)
        elif _begins_the_rest(lines, at, ours):
            break
        else:
            kept.append(lines[at])
            at += 1
    if answer or announced:
        kept = [line for line in kept if not _QUOTED.match(line)]
    return without_signature("\n".join(kept))


def without_signature(text: str) -> str:
    """The text up to its signature, if that is marked as one."""
    lines = text.strip("\n").split("\n")
    for at, line in enumerate(lines):
        if line.strip() in {"--", "—", "– –"} or _LINE.fullmatch(line):
            lines = lines[:at]
            break
    return _tidy(_without_phone(lines))


def _without_phone(lines: list[str]) -> list[str]:
    """Without the line at the end that a telephone or a program adds."""
    there = [at for at, line in enumerate(lines) if line.strip()]
    for at in there[-_PHONE_LINES:]:
        rest = [lines[each] for each in there if each >= at]
        if all(_is_of_a_phone(line) for line in rest):
            return lines[:at]
    return lines


def _is_of_a_phone(line: str) -> bool:
    if len(line) > _PHONE_LENGTH:
        return False
    plain = re.sub(r"<[^>]*>|\(?https?://\S+\)?|[\[\]*_]", "", line).strip()
    return not plain or (len(plain) < 100 and words.PHONE.match(plain) is not None)


def _tidy(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _announcement(lines: Sequence[str], at: int, ours: Sequence[str]) -> int:
    """How many lines from here announce a quote; 0 if they do not."""
    if not lines[at].strip() or _QUOTED.match(lines[at]):
        return 0
    joined = ""
    for count, line in enumerate(lines[at : at + _ANNOUNCEMENT_LINES], 1):
        if not line.strip() or _QUOTED.match(line):
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > _ANNOUNCEMENT_LENGTH:
            return 0
        if joined.endswith((":", "：")) and _announces(joined, ours, lines[at].strip()):
            return count
    return 0


def _announces(joined: str, ours: Sequence[str], first: str) -> bool:
    """If a sentence that ends in a colon says that somebody wrote something, and begins with this line of it."""
    dated = _TIME.search(joined) is not None
    if words.OPENING.match(joined) and words.VERB.search(joined) and dated:
        return True
    if not (_TIME.search(first) or any(each in first for each in ours)):
        return False  # a line of the person's own, and the announcement follows
    if words.VERB.search(joined) and (dated or "@" in joined):
        return True
    return any(each in joined for each in ours)


def _begins_the_rest(lines: Sequence[str], at: int, ours: Sequence[str]) -> bool:
    line = lines[at]
    if rule := _RULE.fullmatch(line):
        return words.RULE.search(rule["words"]) is not None or _headers(lines, at + 1, ours)
    if _LINE.fullmatch(line):
        return _headers(lines, at + 1, ours)
    return _headers(lines, at, ours, blank=False)


def _headers(lines: Sequence[str], at: int, ours: Sequence[str], *, blank: bool = True) -> bool:
    """If the headers of another mail stand here."""
    at = _skip_blank(lines, at) if blank else at
    found: list[tuple[str, str]] = []
    for line in lines[at : at + _HEADER_LINES]:
        header = _HEADER.match(line)
        if header is None:
            if found and line.startswith((" ", "\t")):
                continue  # a long one goes on
            break
        found.append((header["key"].strip().lower(), header["value"]))
    if len(found) < 3:
        return False
    key, value = found[0]
    known = sum(each in words.HEADERS for each, _ in found)
    return known >= 3 or (("@" in value or any(each in value for each in ours)) and key != "http")


def _skip_blank(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _skip_quoted(lines: Sequence[str], at: int) -> int:
    """Past the marked lines from here, and the empty ones between them."""
    while at < len(lines) and (not lines[at].strip() or _QUOTED.match(lines[at])):
        at += 1
    return at
