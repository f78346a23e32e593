"""The terminal sessions of a page of documentation: which commands, and what they printed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# What differs from run to run, and what stands for it in a comparison.
CHANGING = (
    (re.compile(r"\b[a-z2-7]{16}\b"), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?"), "<time>"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "<time>"),
    (re.compile(r"\b(now|(\d+ minutes? )?\d+ (ms|seconds?)( ago)?)(?=\W|$)"), "<duration>"),
    (re.compile(r"\b[0-9A-F]{20,}\b"), "<pdu>"),
    (re.compile(r"(\d:\d\d:\d\d|-:--:--)$", re.MULTILINE), "<remaining>"),
    (re.compile(r"[ \t]+"), " "),
)


class Step(NamedTuple):
    """A line that somebody types (``$ …``), or something that happens (``# …``), and what is seen then."""

    line: str
    output: str


def blocks(page: str) -> Iterator[list[Step]]:
    """The sessions of a page, step by step."""
    for match in FENCE.finditer(page):
        yield [
            Step(*_split(part))
            for part in re.split(r"^(?=[$#] )", match[1], flags=re.MULTILINE)
            if part
        ]


def _split(part: str) -> tuple[str, str]:
    line, _, output = part.partition("\n")
    return line, output.strip("\n")


def screen(seen: str) -> str:
    """What stands on the terminal in the end: spinners and bars that were drawn over are gone."""
    lines, row = [""], 0
    for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", seen):
        if token == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif token == "\x1b[2K":
            lines[row] = ""
        elif up := re.fullmatch(r"\x1b\[(\d+)A", token):
            row -= int(up[1])
        elif token[0] not in "\x1b\r":
            lines[row] += token
    return "\n".join(line.rstrip() for line in lines)


def comparable(output: str) -> list[str]:
    """The lines without what differs from run to run."""
    for pattern, name in CHANGING:
        output = pattern.sub(name, output)
    return [line.strip() for line in output.strip().split("\n")]


def rewrite(path: Path, recorded: list[list[Step]]) -> None:
    """Put what was recorded into the page."""
    sessions = iter(recorded)

    def block(_: re.Match[str]) -> str:
        steps = next(sessions)
        text = "\n".join(step.line + (f"\n{step.output}" if step.output else "") for step in steps)
        return f"```console\n{text}\n```"

    path.write_text(FENCE.sub(block, path.read_text()))
