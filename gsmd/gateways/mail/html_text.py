"""The text of an HTML mail, without what programs mark as a quote or a signature. Pure: no I/O.

Theory of operation. One pass over the tags, no tree: an element is plain, or skipped with all that is in it, or the
sign after which nothing is the person's own any more (Outlook puts a rule and headers there). Anything may be nested
wrongly or never closed; an element that is skipped ends with the end of one that it is in.
"""

import re
from html.parser import HTMLParser

import msgspec

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_UNSEEN = frozenset(
    ("head", "script", "style", "title", "template", "noscript", "object", "svg", "math")
)
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "footer",
            "form",
            "header",
            "hr",
        ),
        *("li", "main", "ol", "section", "table", "tr", "ul"),
    )
)
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"))

_QUOTES = re.compile(
    r"gmail_quote|gmail_extra|gmail_attr|moz-cite-prefix|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra"
    r"|mail-editor-reference-message-container|ms-outlook-mobile-reference-message|AppleOriginalContents"
    r"|messageReplySection|reply-intro|replyBody|ydp\w*yahoo_quoted|quoted-text|mailquote",
    re.IGNORECASE,
)
_SIGNATURES = re.compile(
    r"gmail_signature|moz-signature|ms-outlook-mobile-signature|protonmail_signature|composer_signature"
    r"|tutanota_signature|^_?(x_)?signature$|edo-signature|messageSignatureSection|AppleMailSignature",
    re.IGNORECASE,
)
_THE_REST = re.compile(
    r"divRplyFwdMsg|appendonsend|stopSpelling|zwchr|OLK_SRC_BODY_SECTION|isForwardContent",
    re.IGNORECASE,
)
_OUTLOOK_RULE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s*#?(E1E1E1|B5C4DF|b5c4df)", re.IGNORECASE
)
_HIDDEN = re.compile(r"display:\s*none|mso-hide:\s*all", re.IGNORECASE)

_DEEPEST = 200
"""Elements inside each other that are told apart; deeper ones are taken for text."""


class Extract(msgspec.Struct, frozen=True):
    """The text. ``marked``: something was marked as a quote or a signature, and left out."""

    text: str
    marked: bool


def extract(html: str, *, whole: bool = False) -> Extract:
    """What a reader of the mail sees; with ``whole`` quotes and signatures too."""
    reader = _Reader(whole=whole, tight="MsoNormal" in html)
    reader.feed(_without_comments(html))
    reader.close()
    return Extract(reader.text(), reader.marked)


def _without_comments(html: str) -> str:
    """Without comments and declarations, and no tag left open: the library's parser is slow with these."""
    pieces, at = [], 0
    while (begin := html.find("<!", at)) >= 0:
        comment = html.startswith("<!--", begin)
        end = html.find("-->" if comment else ">", begin + (4 if comment else 2))
        pieces.append(html[at:begin])
        at = len(html) if end < 0 else end + (3 if comment else 1)
    whole = "".join((*pieces, html[at:])).replace("<?", "<x ")
    closed = whole.rfind(">") + 1
    return whole[:closed] + whole[closed:].replace("<", " ")


class _Reader(HTMLParser):
    def __init__(self, *, whole: bool, tight: bool) -> None:
        super().__init__(convert_charrefs=True)
        # Word makes a paragraph of each line, and an empty one between paragraphs
        self._lines = {**dict.fromkeys(_BLOCKS, 1), **dict.fromkeys(_PARAGRAPHS, 2)}
        if tight:
            self._lines["p"] = 1
        self.marked = False
        self._whole = whole
        self._open: list[str] = []
        self._skipping: int | None = None
        self._ended = False
        self._pieces: list[str] = []
        self._ends = 2
        """Line ends after the last letter."""
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        joined = "".join(self._pieces)
        lines = [re.sub(r"[ \t]+", " ", line).strip() for line in joined.split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._ended:
            return
        if tag == "body":
            self._open, self._skipping = [], None  # a head that was not closed
            return
        given = {name: value or "" for name, value in attrs}
        if self._skipping is None:
            self._enter(tag, given)
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._ended or tag not in self._open:
            return
        while self._open.pop() != tag:
            pass
        if self._skipping is not None:
            if len(self._open) > self._skipping:
                return
            self._skipping = None
        self._leave(tag)

    def handle_data(self, data: str) -> None:
        if self._ended or self._skipping is not None:
            return
        if "pre" not in self._open:
            data = re.sub(r"[ \t\r\n\f]+", " ", data)
        self._add(data)

    def _enter(self, tag: str, given: dict[str, str]) -> None:
        names = [given.get("id", ""), given.get("name", ""), *given.get("class", "").split()]
        style = given.get("style", "")
        if not self._whole and self._is_the_rest(names, style):
            self.marked = self._ended = True
        elif tag in _UNSEEN or _HIDDEN.search(style):
            self._skip(tag)
        elif not self._whole and _is_marked(tag, names, given):
            self.marked = True
            self._add("\n")
            self._skip(tag)
        elif tag == "br":
            self._add("\n")
        elif tag in self._lines:
            self._break(self._lines[tag])
            if tag == "li":
                self._add("- ")
        elif tag in ("td", "th"):
            self._add(" ")
        elif tag == "a":
            self._link = (given.get("href", ""), len(self._pieces))

    def _leave(self, tag: str) -> None:
        if tag in self._lines:
            self._break(self._lines[tag])
        elif tag == "a" and self._link is not None:
            (address, since), self._link = self._link, None
            shown = "".join(self._pieces[since:]).strip()
            if address.startswith(("http://", "https://")) and _bare(address) != _bare(shown):
                self._add(f" {address}" if shown else address)

    def _skip(self, tag: str) -> None:
        if tag not in _VOID:
            self._skipping = len(self._open)

    def _break(self, lines: int) -> None:
        """At least so many line ends here, once there is something."""
        self._add("\n" * max(0, lines - self._ends))

    def _add(self, piece: str) -> None:
        if not piece:
            return
        self._pieces.append(piece)
        rest = piece.rstrip(" \n")
        self._ends = piece[len(rest) :].count("\n") + (0 if rest else self._ends)

    def _is_the_rest(self, names: list[str], style: str) -> bool:
        return any(_THE_REST.search(name) for name in names) or bool(_OUTLOOK_RULE.search(style))


def _is_marked(tag: str, names: list[str], given: dict[str, str]) -> bool:
    if tag == "blockquote" and (given.get("type") == "cite" or given.get("cite")):
        return True
    if given.get("name") == "quote":  # GMX, WEB.DE
        return True
    return any(_QUOTES.search(name) or _SIGNATURES.search(name) for name in names)


def _bare(address: str) -> str:
    return re.sub(r"^https?://(www\.)?|/$", "", address.strip())
