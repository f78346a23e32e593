"""The pages of the documentation: their text, their links, and the commands of gsmd in them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))

_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4,}((?:sudo |\$ )?gsmd .*)$", re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`((?:sudo )?gsmd [^`]+)`(?!`)", re.DOTALL)
_PLACEHOLDER = re.compile(r"…|\.\.\.|\[|\||<|\{")
"""What stands for something else: such a line is a pattern, not a command."""


class Command(NamedTuple):
    """A command line of gsmd's, as its words behind ``gsmd``. ``whole``: to be typed as it is, not a mention in a text."""

    line: str
    words: list[str]
    whole: bool


def commands(page: Path) -> Iterator[Command]:
    """Those in blocks for a shell, in indented lines and in the text of a page, patterns left out."""
    text = page.read_text()
    for language, block in _BLOCK.findall(text):
        if language in {"sh", "console", "bash"}:
            yield from _of_block(block, prompted=language == "console")
    bare = _BLOCK.sub("", text)
    for line in _INDENTED.findall(bare):
        yield from _of_line(line, whole=True)
    for line in _INLINE.findall(bare):
        yield from _of_line(" ".join(line.split()), whole=False)


def _of_block(block: str, *, prompted: bool) -> Iterator[Command]:
    for line in re.sub(r"\\\n\s*", " ", block).splitlines():
        if not prompted or line.strip().startswith("$ "):
            yield from _of_line(line.strip(), whole=True)


def _of_line(line: str, *, whole: bool) -> Iterator[Command]:
    inner = re.findall(r"\$\(([^()]*)\)", line)
    outer = re.sub(r"\$\([^()]*\)", "SOMETHING", line.removeprefix("$ "))
    for part in (*re.split(r"\s(?:\|\||&&|\||;|&)\s|;\s", outer), *inner):
        said = part.strip().removeprefix("sudo ")
        if not said.startswith("gsmd "):
            continue
        try:
            words = shlex.split(said, comments=True)[1:]
        except ValueError:  # a quotation mark of the text around it
            continue
        end = next((i for i, word in enumerate(words) if re.match(r"\d?[<>]|&$", word)), None)
        if not any(_PLACEHOLDER.search(word) for word in words[:end]):
            yield Command(said, words[:end], whole)


def links(page: Path) -> list[str]:
    """Where a page leads to in the repository."""
    bare = re.sub(r"`[^`\n]*`", "", _BLOCK.sub("", page.read_text()))
    found = re.findall(r"\]\(([^)\s]+)\)", bare)
    return [each for each in found if not re.match(r"[a-z]+:", each)]


def anchors(page: Path) -> set[str]:
    """The names of its headings, as links have them."""
    found: set[str] = set()
    for title in re.findall(r"(?m)^#+ (.*)$", _BLOCK.sub("", page.read_text())):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).replace("`", "").lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.add(name if name not in found else f"{name}-1")
    return found
