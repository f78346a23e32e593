"""Sending one message: +CMGS with its prompt (3GPP TS 27.005 §4.3).

Before Ctrl-Z everything can be done again; after it only a clear answer counts.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Protocol

from gsmd.at import AtError, Command, Severity
from gsmd.modem.errors import ModemError, ModemUnavailable, SubmitRefused, SubmitUncertain
from gsmd.modem.line import CommandTimeout, Line

PROMPT_TRIES = 3
_REFERENCE = re.compile(r"\+CMGS: ?(\d+)")


class Frame(Protocol):
    """What is sent: `gsmd.pdu.Frame`."""

    @property
    def length(self) -> int:
        """Octets of the TPDU, without the service centre's address."""
        ...

    def hex(self) -> str:
        """The line for the prompt."""
        ...


async def submit(
    line: Line, frame: Frame, *, commit: Callable[[], Awaitable[None]], result_within: float
) -> int:
    """Send ``frame``; returns the message reference. ``commit`` runs while the prompt is awaited.

    Nothing is sent before ``commit`` has returned; if it raises, nothing is sent at all.
    Errors: `SubmitRefused`, `SubmitUncertain`, `ModemUnavailable`, and whatever ``commit`` raises.
    """
    committing = asyncio.ensure_future(commit())
    try:
        await _ask_for_prompt(line, frame)
        await committing
    except BaseException:
        await _back_out(line, committing)
        raise
    return await _hand_over(line, frame, result_within)


async def _ask_for_prompt(line: Line, frame: Frame) -> None:
    command = Command(
        f"AT+CMGS={frame.length}", expects=(r"\+CMGS:",), needs_text=True, prompts=True
    )
    for _ in range(PROMPT_TRIES):
        try:
            if not line.in_step:
                await line.resync()
            line.start(command)
            if await line.prompted(line.timeouts.prompt):
                return
            reply = await line.reply(line.timeouts.command)
        except CommandTimeout:
            continue  # lost or late: escape, find the place, ask again; nothing has been sent
        except ModemError as error:
            raise ModemUnavailable(error.reason) from error
        raise SubmitRefused(AtError(command.line, reply.lines, reply.result))
    raise ModemUnavailable(f"{command.line} gets no prompt")


async def _back_out(line: Line, committing: asyncio.Future[None]) -> None:
    """Nothing is sent: the prompt is escaped from, and ``commit`` is not left half way."""
    line.give_up()  # the next command finds the place again, which begins with ESC
    if not committing.done():
        await asyncio.wait({committing})
    if not committing.cancelled():
        committing.exception()  # seen: the caller gets it, or an error that came first


async def _hand_over(line: Line, frame: Frame, result_within: float) -> int:
    try:
        line.payload(frame.hex())
        return await _result(line, result_within)
    except ModemError as error:
        if isinstance(error, SubmitRefused | SubmitUncertain):
            raise
        raise SubmitUncertain(error.reason) from error


async def _result(line: Line, within: float) -> int:
    try:
        reply = await line.reply(within, after_text=line.timeouts.result)
    except CommandTimeout as error:
        reference = _reference(error.lines)
        if reference is None:
            raise SubmitUncertain(f"no answer within {within:g} s") from error
        return reference  # the network has it, only the OK is missing
    reference = _reference(reply.lines)
    if reference is not None:
        return reference
    failure = AtError(reply.command.line, reply.lines, reply.result)
    if reply.ok:
        raise SubmitUncertain("OK without a message reference")
    if failure.severity is Severity.UNCERTAIN or failure.code is None:
        # a bare ERROR is also what some modems say of messages that went out
        raise SubmitUncertain(f"the modem said {reply.result.text}")
    raise SubmitRefused(failure)


def _reference(lines: tuple[str, ...]) -> int | None:
    for text in lines:
        found = _REFERENCE.match(text)
        if found is not None:
            return int(found.group(1)) & 0xFF
    return None
