"""Commands as somebody typed them."""

import re

from gsmd.at import AtError, Command, Reply
from gsmd.modem.link.line import Line
from gsmd.patterns import pattern

_QUESTION = pattern(r"([+^#*$%&!][A-Za-z0-9]+)=?\?")


async def run(line: Line, command: str, within: float | None = None) -> Reply:
    """``command`` as somebody typed it, with whatever it answers; an error is a reply too."""
    asked = Command(command, expects=_asked_for(command), raw=True)
    try:
        return await line.run(asked, within)
    except AtError as error:
        return Reply(asked, error.lines, error.result)


def _asked_for(command: str) -> tuple[str, ...]:
    """Lines that answer the questions in ``command``, although they also come unasked.

    A registration that is told unasked has one number less than the answer (3GPP TS 27.007 §7.2).
    """
    names = [name.upper() for name in _QUESTION.findall(command)]
    return tuple(
        rf"{re.escape(name)}: ?(\d+, ?\d|\()" if name.endswith("REG") else re.escape(name) + ":"
        for name in names
    )
