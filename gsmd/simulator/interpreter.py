"""Carries out command lines: one command after the other, one final result (ITU-T V.250 §5.7)."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gsmd.simulator.commands import NAMES, TABLE, Answer, Later, Needs, NoResult, Prompt
from gsmd.simulator.errors import (
    CME_TEXTS,
    CMS_TEXTS,
    CommandError,
    MessageError,
    MobileError,
    PlainError,
)
from gsmd.simulator.facts import Facts
from gsmd.simulator.faults import Stage, is_message_command
from gsmd.simulator.grammar import (
    ArgumentError,
    GrammarError,
    Operation,
    Request,
    command_body,
    requests,
)

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_RESTART = re.compile(r"\s*\+cfun\s*=\s*1\s*,\s*1", re.IGNORECASE)
PROMPTING = frozenset({"+CMGS", "+CMGW", "+CMGC"})
"""The commands that ask for a text."""


class Interpreter:
    """The state of one command line: what is left of it, and what it has answered so far."""

    def __init__(self, modem: "SimulatedModem") -> None:
        self._modem = modem
        self._left: Iterator[Request] = iter(())
        self._reply = bytearray()
        self._waiting: Later | None = None
        self._current: Request | None = None
        self._epoch = 0
        self.busy = False

    def run(self, line: str) -> None:
        """Carry out a line; what has no ``AT`` in it is no line."""
        body = command_body(line)
        if body is None or (self._modem.faults.wedged and not _RESTART.match(body)):
            return
        self.busy = True
        self._left = requests(body)
        if len(line) > self._modem.profile.line_length:
            self._fail(PlainError())
            return
        self._proceed()

    def abort(self) -> bool:
        """End a command that may be ended by a key press; whether there was one."""
        waiting = self._waiting
        if waiting is None or waiting.abort is None:
            return False
        waiting.abort()
        self._forget()
        self._finish("OK")
        return True

    def reset(self) -> None:
        """Forget the line, as after a restart."""
        self._forget()
        self._reply.clear()
        self.busy = False

    def _proceed(self) -> None:
        try:
            for request in self._left:
                self._current = request
                if not self._accept(self._call(request)):
                    return
        except (CommandError, ArgumentError, GrammarError) as error:
            self._fail(error)
            return
        self._finish("OK")

    def _call(self, request: Request) -> Answer:
        modem = self._modem
        command = TABLE.get((request.name, request.operation))
        self._strike("start", request.name)
        if request.name not in PROMPTING:
            self._strike("end", request.name)
        if command is None or not modem.profile.knows(request.name):
            return self._without_handler(request)
        if command.needs is not Needs.NOTHING:
            modem.require_sim(messages=command.needs is Needs.MESSAGES)
        return command.run(modem, request)

    def _without_handler(self, request: Request) -> Answer:
        profile = self._modem.profile
        scripted = profile.answers.get(_written(request))
        if scripted is not None:
            if request.operation is Operation.SET:
                self._modem.settings.values[request.name] = request.text
            if _written(request) == profile.notices_here:
                self._modem.faults.notices_elsewhere = False
            facts = Facts(self._modem)
            return [line.format_map(facts) for line in scripted]
        if (
            request.operation is Operation.TEST
            and request.name in NAMES
            and profile.knows(request.name)
        ):
            return None  # V.250 §5.4.1.2: known, and no more to say
        raise profile.unknown_command()

    def _accept(self, answer: Answer) -> bool:
        """Take an answer; False if the command is not through yet."""
        if isinstance(answer, Later):
            self._wait(answer)
            return False
        if isinstance(answer, Prompt):
            self._ask(answer)
            return False
        if isinstance(answer, NoResult):
            self._fall_silent(answer)
            return False
        if answer:
            self._reply += self._modem.wire.inform(answer)
        return True

    def _strike(self, stage: Stage, name: str) -> None:
        faults = self._modem.faults
        planned = faults.planned(name, stage) if faults.plans else None
        if planned:
            raise planned

    def _wait(self, later: Later) -> None:
        self._waiting = later
        epoch = self._epoch
        self._modem.after(later.seconds, lambda: self._resume(epoch, later))

    def _resume(self, epoch: int, later: Later) -> None:
        if epoch != self._epoch:
            return
        self._waiting = None
        self._go_on(later.then)

    def _go_on(self, then: Callable[[], Answer]) -> None:
        try:
            through = self._accept(then())
        except (CommandError, ArgumentError) as error:
            self._fail(error)
        else:
            if through:
                self._proceed()
        self._modem.terminal.proceed()

    def _ask(self, prompt: Prompt) -> None:
        modem = self._modem
        self._flush_reply()
        self.busy = False  # what comes now is the text
        epoch = self._epoch
        modem.terminal.ask(lambda text: self._answered(epoch, prompt, text), lines=prompt.lines)
        if modem.faults.lost_prompt and modem.faults.take("lost_prompt"):
            return
        if modem.faults.late_prompt:
            modem.after(modem.faults.late_prompt, lambda: self._late_prompt(epoch))
            return
        modem.wire.prompt(modem.profile.prompt)

    def _late_prompt(self, epoch: int) -> None:
        if epoch == self._epoch and self._modem.terminal.prompting:
            self._modem.wire.prompt(self._modem.profile.prompt)

    def _answered(self, epoch: int, prompt: Prompt, text: bytes | None) -> None:
        if epoch != self._epoch:
            return
        self.busy = True
        if text is None:
            self._finish("OK")  # 3GPP TS 27.005 §3.5.1: cancelled by ESC
            return
        self._go_on(lambda: self._submit(prompt, text))

    def _submit(self, prompt: Prompt, text: bytes) -> Answer:
        if self._current is not None:
            self._strike("end", self._current.name)
        return prompt.then(text)

    def _fall_silent(self, answer: NoResult) -> None:
        """Keep what was done, but let the computer hear nothing of it."""
        self._reply += self._modem.wire.inform(answer.lines) if answer.lines else b""
        self._left = iter(())
        self._end(self._epoch)

    def _fail(self, error: Exception) -> None:
        self._finish(self._worded(error))

    def _finish(self, result: str) -> None:
        modem = self._modem
        self._reply += modem.wire.result(result)
        if modem.faults.late_reply and modem.faults.take("late_replies"):
            epoch = self._epoch
            modem.after(modem.faults.late_reply, lambda: self._end(epoch))
            return
        self._end(self._epoch)

    def _end(self, epoch: int) -> None:
        if epoch != self._epoch:
            return
        self._flush_reply()
        self.busy = False
        self._modem.terminal.proceed()

    def _flush_reply(self) -> None:
        if self._reply:
            self._modem.wire.reply(bytes(self._reply))
            self._reply.clear()

    def _forget(self) -> None:
        self._epoch += 1
        self._waiting = None
        self._left = iter(())

    def _worded(self, error: Exception) -> str:
        if isinstance(error, GrammarError):
            return "ERROR"
        if isinstance(error, ArgumentError):
            error = self._wrong_argument()
        if isinstance(error, PlainError):
            return error.text
        assert isinstance(error, MobileError | MessageError)
        return worded(error, self._modem, self._current.name if self._current else "")

    def _wrong_argument(self) -> CommandError:
        name = self._current.name if self._current else ""
        if not is_message_command(name):
            return MobileError(50)
        return MessageError(305 if self._modem.settings.text_mode else 304)


def worded(error: MobileError | MessageError, modem: "SimulatedModem", command: str = "") -> str:
    """An error as ``+CMEE``, the profile and the faults want it (3GPP TS 27.007 §9.1).

    ``command``: the one that fails, for modems that put its name before the error.
    """
    style = modem.faults.error_style
    level = modem.settings.error_reports
    message = isinstance(error, MessageError)
    if style == "bare" or (
        style == "profile" and level == 0 and not (message and modem.profile.cms_always)
    ):
        return "ERROR"
    kind, texts = ("+CMS", CMS_TEXTS) if message else ("+CME", CME_TEXTS)
    if style == "both":
        return f"{kind} ERROR: {error.code} {texts.get(error.code, '')}".rstrip()
    if style == "by-command" and command:
        return f"{command} ERROR: {error.code}"
    if style == "no-blank":
        return f"{kind} ERROR:{error.code}"
    if style == "text" or (style == "profile" and level == 2):
        return f"{kind} ERROR: {texts.get(error.code, error.code)}"
    return f"{kind} ERROR: {error.code}"


def _written(request: Request) -> str:
    if request.operation is Operation.SET:
        return f"{request.name}={request.text}"
    return request.name + _SIGNS[request.operation]


_SIGNS = {Operation.READ: "?", Operation.TEST: "=?", Operation.EXECUTE: ""}
