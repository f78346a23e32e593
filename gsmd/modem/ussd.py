"""USSD: codes like *100# and the menus they open (3GPP TS 27.007 §7.15)."""

import asyncio
import re

import msgspec

from gsmd.at import AtError, Command
from gsmd.modem.errors import ModemError, PortLost, UssdFailed
from gsmd.modem.link import commands
from gsmd.modem.link.line import Line
from gsmd.modem.link.urc import UssdNews
from gsmd.modem.quirks.profile import UssdCoding
from gsmd.modem.session import Session
from gsmd.pdu import gsm7, septets
from gsmd.pdu.dcs import Alphabet

GSM7_DCS = 15
"""Cell broadcast data coding: GSM 7 bit, language unspecified (3GPP TS 23.038 §5)."""
UCS2_DCS = 72

_FAILURES = {
    2: "the network ended the session",
    3: "another program has answered",
    4: "the network does not know this code, or the modem cannot do USSD",
    5: "the network did not answer in time",
}
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_ALLOWED = re.compile(r'[^"\x00-\x1f\x7f]{1,182}')


class UssdReply(msgspec.Struct, frozen=True):
    """What the network said. ``session``: it waits for an answer, which is given as the next code."""

    text: str
    session: bool


class Ussd:
    """The USSD dialogue of one modem: one question at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[UssdNews] | None = None
        self._sent_as = UssdCoding.PLAIN

    def heard(self, news: UssdNews) -> None:
        """The network said something; nobody may have asked."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(news)

    def lost(self) -> None:
        """The port is closed: nothing more will come."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(PortLost("the modem has gone"))

    async def ask(self, session: Session, code: str, within: float) -> UssdReply:
        """Send ``code``, or the answer to a menu, and wait for what the network says.

        Errors: `UssdFailed`; those of `Line.run`.
        """
        if _ALLOWED.fullmatch(code) is None:
            raise UssdFailed("a USSD code has 1 to 182 characters, no quotes and no line ends")
        async with self._turn:
            self._answer = asyncio.get_running_loop().create_future()
            try:
                async with session.turn:
                    await self._send(session, code, within)
                async with asyncio.timeout(within):
                    news = await self._answer
            except TimeoutError as error:
                await self.cancel(session)
                raise UssdFailed(f"the network did not answer within {within:g} s") from error
            finally:
                self._answer.cancel()
                self._answer = None
        return self._reply(news)

    async def _send(self, session: Session, code: str, within: float) -> None:
        refused: AtError | None = None
        for coding in session.profile.ussd:
            written = _written(code, coding)
            if written is None:
                continue
            self._sent_as = coding
            await _choose_character_set(session.line, coding)
            dcs = UCS2_DCS if coding is UssdCoding.UCS2 and not code.isascii() else GSM7_DCS
            # some say OK at once, some only when the network has answered
            command = Command(f'AT+CUSD=1,"{written}",{dcs}')
            try:
                await session.line.run(command, within)
            except AtError as error:
                refused = error
                continue
            return
        raise UssdFailed(f"the modem refuses the code: {refused}")

    async def cancel(self, session: Session) -> None:
        """End the session with the network, if there is one (``AT+CUSD=2``)."""
        try:
            async with session.turn:
                await commands.accepts(session.line, "+CUSD=2")
        except ModemError:
            pass  # there is no session any more

    def _reply(self, news: UssdNews) -> UssdReply:
        if news.text is None and news.status in _FAILURES:
            raise UssdFailed(_FAILURES[news.status])
        if news.status in {4, 5}:
            raise UssdFailed(_FAILURES[news.status])
        hexadecimal = self._sent_as is not UssdCoding.PLAIN
        text = decode(news.text or "", news.dcs, hexadecimal=hexadecimal)
        return UssdReply(text, session=news.status == 1)


def alphabet_of(dcs: int | None) -> Alphabet:
    """The alphabet of a cell broadcast data coding scheme (3GPP TS 23.038 §5)."""
    if dcs is None:
        return Alphabet.GSM7
    group, low = dcs >> 4, dcs & 0x0F
    if group == 1:
        return Alphabet.UCS2 if low == 1 else Alphabet.GSM7
    if 4 <= group <= 7:
        return {1: Alphabet.DATA, 2: Alphabet.UCS2}.get((dcs >> 2) & 3, Alphabet.GSM7)
    if group == 15:
        return Alphabet.DATA if dcs & 4 else Alphabet.GSM7
    return Alphabet.GSM7


def decode(text: str, dcs: int | None, *, hexadecimal: bool) -> str:
    """The text that ``text`` stands for: itself, or hex of UCS-2 or of packed septets.

    ``hexadecimal``: hex is to be expected; else it must look like nothing but hex.
    """
    digits = text.strip()
    if _HEX.fullmatch(digits) is None or not (hexadecimal or _is_surely_hex(digits, dcs)):
        return text
    octets = bytes.fromhex(digits)
    if alphabet_of(dcs) is Alphabet.UCS2 or _looks_like_ucs2(octets):
        return octets.decode("utf-16-be", "replace")
    if alphabet_of(dcs) is Alphabet.DATA:
        return octets.decode("latin-1")
    return gsm7.decode(septets.unpack(octets, len(octets) * 8 // 7)).rstrip("\r@")


def _is_surely_hex(digits: str, dcs: int | None) -> bool:
    if alphabet_of(dcs) is not Alphabet.GSM7:
        return True
    return len(digits) >= 16 and any(letter in "ABCDEFabcdef" for letter in digits)


def _looks_like_ucs2(octets: bytes) -> bool:
    return len(octets) >= 2 and len(octets) % 2 == 0 and not any(octets[::2])


def _written(code: str, coding: UssdCoding) -> str | None:
    """``code`` as it stands in the command; None if this coding cannot say it."""
    if coding is UssdCoding.UCS2:
        return code.encode("utf-16-be").hex().upper()
    if coding is UssdCoding.PLAIN:
        return code if code.isascii() else None
    packed = gsm7.encode(code)
    return None if packed is None else septets.pack(_padded(packed)).hex().upper()


def _padded(text: bytes) -> bytes:
    # seven spare bits would read as "@": CR fills them (3GPP TS 23.038 §6.1.2.3.1)
    return text + b"\r" if len(text) % 8 == 7 else text


async def _choose_character_set(line: Line, coding: UssdCoding) -> None:
    names = ("UCS2",) if coding is UssdCoding.UCS2 else ("GSM", "IRA")
    for name in names:
        if await commands.accepts(line, f'+CSCS="{name}"'):
            return
