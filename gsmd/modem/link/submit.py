"""Sending one message: +CMGS with its prompt (3GPP TS 27.005 §4.3).

Before Ctrl-Z everything can be done again; after it only a clear answer counts.

Some modems give no prompt and want the text right behind the command. Where the family is known for it the
text follows at once. Else, when a modem that answers everything has given no prompt twice, the text is
written without one: a modem whose prompt was lost takes it as well, and one that gives none is known then.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gsmd.at import AtError, Command, Severity
from gsmd.modem.errors import ModemError, SettingsLost, SubmitRefused, SubmitUncertain, Unresponsive
from gsmd.modem.link.line import Line
from gsmd.modem.link.line_errors import CommandTimeout
from gsmd.patterns import pattern
from gsmd.pdu import Frame

PROMPT_TRIES = 3
"""… of which the last does without the prompt."""

log = logging.getLogger(__name__)
_REFERENCE = pattern(r"\+CMGS: ?(\d+)")


class NoPrompt(Unresponsive):
    """The modem does not ask for the text, and does not take it unasked: nothing was sent."""


class Prompting:
    """Knowledge of whether a modem gives a prompt."""

    def __init__(self, *, expected: bool = True) -> None:
        self.expected = expected


async def submit(
    line: Line,
    frame: Frame,
    *,
    commit: Callable[[], Awaitable[None]],
    result_within: float,
    prompting: Prompting,
) -> int:
    """Send ``frame``; returns the message reference. ``commit`` runs while the prompt is awaited.

    Nothing is sent before ``commit`` has returned; if it raises, nothing is sent at all.
    Errors: `SubmitRefused`, `SubmitUncertain`, whatever ``commit`` raises; before Ctrl-Z also
    those of `Line.run`.
    """
    committing = asyncio.ensure_future(commit())
    try:
        if prompting.expected:
            prompted = await _ask_for_prompt(line, frame)
            await committing
        else:
            await committing
            prompted = await _go_without_prompt(line, frame)
    except BaseException:
        await _back_out(line, committing)
        raise
    experiment = prompting.expected and not prompted
    try:
        reference = await _hand_over(line, frame, result_within, experiment=experiment)
    except (SubmitRefused, NoPrompt):
        if not prompted:
            line.discard_text()
        raise
    if experiment:
        log.info("%s: this modem gives no prompt", line.port.path)
        prompting.expected = False
    return reference


def _command(frame: Frame) -> Command:
    return Command(f"AT+CMGS={frame.length}", expects=(r"\+CMGS:",), needs_text=True, prompts=True)


async def _ask_for_prompt(line: Line, frame: Frame) -> bool:
    """Until the text may be written; whether there is a prompt for it."""
    command = _command(frame)
    for left in reversed(range(PROMPT_TRIES)):
        if not line.place.in_step:
            await line.resync()
        if not left:
            await _insist_on_pdu_mode(line)
        line.start(command)
        try:
            if not left:
                prompted = await line.prompted_within(line.timeouts.unprompted)
                if prompted is not False:
                    return prompted is True
            elif await line.prompted(line.timeouts.prompt):
                return True
        except CommandTimeout:
            continue  # lost or late: escape, find the place, ask again; nothing has been sent
        reply = await line.reply(line.timeouts.command)
        raise SubmitRefused(AtError(command.line, reply.lines, reply.result))
    raise NoPrompt(f"{command.line} gets no prompt")


async def _insist_on_pdu_mode(line: Line) -> None:
    """In text mode a PDU would go out as it is written. Errors: `SettingsLost`."""
    question = Command("AT+CMGF?", expects=(r"\+CMGF:",), needs_text=True)
    try:
        reply = await line.run(question)
    except AtError:
        return  # it has no other mode
    if reply.lines and reply.lines[0].endswith("1"):
        raise SettingsLost("the modem has left PDU mode")


async def _go_without_prompt(line: Line, frame: Frame) -> bool:
    """Begin, for a modem that is known to give no prompt. False: there is none."""
    if not line.place.in_step:
        await line.resync()
    line.start(_command(frame))
    return False


async def _back_out(line: Line, committing: asyncio.Future[None]) -> None:
    """Nothing is sent: the prompt is escaped from, and ``commit`` is not left half way."""
    line.give_up()
    if not committing.done():
        await asyncio.wait({committing})
    if not committing.cancelled():
        committing.exception()  # seen: the caller gets it, or an error that came first


async def _hand_over(line: Line, frame: Frame, result_within: float, *, experiment: bool) -> int:
    """Write the text and wait for the answer; ``experiment``: nobody knows whether it is awaited."""
    try:
        line.payload(frame.hex())
        return await _result(line, result_within, experiment=experiment)
    except ModemError as error:
        if isinstance(error, SubmitRefused | SubmitUncertain | NoPrompt):
            raise
        raise SubmitUncertain(error.reason) from error


async def _result(line: Line, within: float, *, experiment: bool) -> int:
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
    if experiment and not reply.result.source:
        # a line that it does not know: it has not waited for a text
        raise NoPrompt(f"{reply.command.line} gets no prompt, and no text is taken without one")
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
