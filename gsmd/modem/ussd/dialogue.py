"""The USSD dialogue of one modem: one question at a time.

Theory of operation
===================

A question is *asked* (``AT+CUSD=1,…`` runs; the modem is ours until its OK), then *open*: messages go
both ways while the network thinks, and every +CUSD belongs to it. It ends with

- an `Answer` after which nothing more has come for a while (`Answer.patience`);
- a ``+CME ERROR`` that belongs to no command: from the OK on (`Channel.dialogue_open`) the channel tells
  it as a notice. A message that is between Ctrl-Z and ``+CMGS`` at that time is none the worse for it;
- the time-out: the dialogue is cancelled (``AT+CUSD=2``). Its end may still come, so errors are kept
  from messages for a while (``ussd_late``);
- the end of the port.

What comes while no question is open is told to whoever wants to hear of it (``unasked``).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from gsmd.at import AtError, Channel, Command
from gsmd.modem.errors import ModemError, PortLost, UssdFailed
from gsmd.modem.link import commands
from gsmd.modem.link.urc import DialogueEnded, UssdNews
from gsmd.modem.quirks.profile import UssdCoding
from gsmd.modem.session import CHARACTER_SETS, Session
from gsmd.modem.ussd.answer import Answer, UssdReply, text_of
from gsmd.modem.ussd.coding import GSM7_DCS, UCS2_DCS, written
from gsmd.patterns import pattern

_ALLOWED = pattern(r'[^"\x00-\x1f\x7f]{1,182}')


class Question:
    """One code, until it is answered. ``running`` is its command, while that has no OK."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.running: Command | None = None
        self.lost = False
        self.news = asyncio.Event()


class Ussd:
    """Asks the network; ``unasked`` gets what it says when nobody has asked."""

    def __init__(self, unasked: Callable[[UssdReply], None] = lambda _reply: None) -> None:
        self._turn = asyncio.Lock()
        self._question: Question | None = None
        self._unasked = unasked
        self._sent_as = UssdCoding.PLAIN
        self._session: Session | None = None
        self._lingering: asyncio.TimerHandle | None = None

    def heard(self, news: UssdNews) -> None:
        """The network said something; nobody may have asked."""
        question = self._question
        if question is None:
            text = text_of(news, hexadecimal=self._is_hexadecimal)
            self._unasked(UssdReply(text, session=news.status == 1))
            return
        question.answer.add(news)
        question.news.set()
        if question.running is not None and self._session is not None:
            # some say no OK any more once the network has answered
            line = self._session.line
            asyncio.get_running_loop().call_later(
                line.timeouts.result, line.conclude, question.running
            )

    def refused(self, ended: DialogueEnded) -> None:
        """An error came that belongs to no command."""
        if self._question is not None:
            self._question.answer.fail(f"the network, or the modem, says {ended.reason}")
            self._question.news.set()

    def lost(self) -> None:
        """The port is closed: nothing more will come."""
        if self._question is not None:
            self._question.lost = True
            self._question.news.set()

    async def ask(self, session: Session, code: str, within: float) -> UssdReply:
        """Send ``code``, or the answer to a menu, and wait for what the network says.

        Errors: `UssdFailed`; those of `Line.run`.
        """
        if _ALLOWED.fullmatch(code) is None:
            raise UssdFailed("a USSD code has 1 to 182 characters, no quotes and no line ends")
        async with self._turn:
            question = self._question = Question()
            self._session = session
            self._close(session.line.channel)
            errors_until = session.timeouts.ussd_late
            try:
                async with session.turn:
                    await self._send(session, question, code, within)
                if await self._wait(question, session, within):
                    errors_until = 0.0
            except UssdFailed:
                errors_until = 0.0
                raise
            finally:
                self._question = self._session = None
                self._close(session.line.channel, errors_until)
                await self._restore_character_set(session)
            if errors_until:
                await self.cancel(session)
                raise UssdFailed(f"the network did not answer within {within:g} s")
        return question.answer.reply()

    async def cancel(self, session: Session) -> None:
        """End the session with the network, if there is one (``AT+CUSD=2``)."""
        with suppress(ModemError):  # there is no session any more
            async with session.turn:
                await commands.accepts(session.line, "+CUSD=2")

    # -- asking ----------------------------------------------------------------------------

    async def _send(self, session: Session, question: Question, code: str, within: float) -> None:
        refused: AtError | None = None
        for coding in session.profile.ussd:
            text = written(code, coding)
            if text is None:
                continue
            self._sent_as = coding
            question.answer.hexadecimal = self._is_hexadecimal
            names = ("UCS2",) if coding is UssdCoding.UCS2 else CHARACTER_SETS
            await commands.choose_character_set(session.line, *names)
            dcs = UCS2_DCS if coding is UssdCoding.UCS2 and not code.isascii() else GSM7_DCS
            # some say OK at once, some only when the network has answered
            question.running = Command(f'AT+CUSD=1,"{text}",{dcs}', opens_dialogue=True)
            try:
                await session.line.run(question.running, within)
            except AtError as error:
                refused = error
                continue
            finally:
                question.running = None
            return
        if refused is None:
            raise UssdFailed("this modem has no way to say that code")
        raise UssdFailed(f"the modem refuses the code: {refused}")

    async def _wait(self, question: Question, session: Session, within: float) -> bool:
        """True if an answer came in time. Errors: `PortLost`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while True:
            if question.lost:
                raise PortLost("the modem has gone")
            patience = question.answer.patience(session.timeouts)
            due = end if patience is None else min(end, loop.time() + patience)
            question.news.clear()
            try:
                async with asyncio.timeout_at(due):
                    await question.news.wait()
            except TimeoutError:
                return question.answer.patience(session.timeouts) is not None

    @property
    def _is_hexadecimal(self) -> bool:
        return self._sent_as is not UssdCoding.PLAIN

    async def _restore_character_set(self, session: Session) -> None:
        """Set the character set back: what we changed for the code would turn the names and numbers of all others into hex."""
        if self._sent_as is not UssdCoding.UCS2 or session.line.lost is not None:
            return
        with suppress(ModemError):
            async with session.turn:
                await commands.choose_character_set(session.line, *CHARACTER_SETS)

    # -- whose error is it? ----------------------------------------------------------------

    def _close(self, channel: Channel, after: float = 0.0) -> None:
        def close() -> None:
            channel.dialogue_open = False

        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        if after:
            self._lingering = asyncio.get_running_loop().call_later(after, close)
        else:
            close()
