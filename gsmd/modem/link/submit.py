"""Sending one message: +CMGS with its prompt (3GPP TS 27.005 §4.3).

Before Ctrl-Z everything can be done again; after it only a clear answer counts.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable

from gsmd.at import AtError, Command, Severity
from gsmd.modem.errors import ModemError, SubmitRefused, SubmitUncertain, Unresponsive
from gsmd.modem.link.line import CommandTimeout, Line
from gsmd.pdu import Frame

PROMPT_TRIES = 3
_REFERENCE = re.compile(r"\+CMGS: ?(\d+)")


async def submit(
    line: Line, frame: Frame, *, commit: Callable[[], Awaitable[None]], result_within: float
) -> int:
    """Send ``frame``; returns the message reference. ``commit`` runs while the prompt is awaited.

    Nothing is sent before ``commit`` has returned; if it raises, nothing is sent at all.
    Errors: `SubmitRefused`, `SubmitUncertain`, whatever ``commit`` raises; before Ctrl-Z also
    those of `Line.run`.
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
        if not line.in_step:
            await line.resync()
        line.start(command)
        try:
            if await line.prompted(line.timeouts.prompt):
                return
        except CommandTimeout:
            continue  # lost or late: escape, find the place, ask again; nothing has been sent
        reply = await line.reply(line.timeouts.command)
        raise SubmitRefused(AtError(command.line, reply.lines, reply.result))
    raise Unresponsive(f"{command.line} gets no prompt")


async def _back_out(line: Line, committing: asyncio.Future[None]) -> None:
    """Nothing is sent: the prompt is escaped from, and ``commit`` is not left half way."""
    line.give_up()
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
    if failure.severity is Severity.UNCERTAIN or not reply.result.source:
        # a bare ERROR is also what some modems say of messages that went out
        raise SubmitUncertain(f"the modem said {reply.result.text}")
    raise SubmitRefused(failure, text_given=True)


def _reference(lines: tuple[str, ...]) -> int | None:
    for text in lines:
        found = _REFERENCE.match(text)
        if found is not None:
            return int(found.group(1)) & 0xFF
    return None
