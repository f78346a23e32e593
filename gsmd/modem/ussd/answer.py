"""An answer to a USSD code, put together from the +CUSD that come of it (3GPP TS 27.007 §7.15).

What is the answer is not certain when the first of them is there. Modems tell of a dialogue's end
(``<m>`` 2) before its answer, or of an answer (``<m>`` 0) without a text before the one with the text;
long answers come in two; the same one is told twice. So after each it is waited for another a while:
a second after a text, longer where what came so far may be none.
"""

import msgspec

from gsmd.modem.errors import UssdFailed
from gsmd.modem.link.urc import UssdNews
from gsmd.modem.timeouts import Timeouts
from gsmd.modem.ussd.coding import decode

_NO_MORE, _MORE_WANTED, _RELEASED = 0, 1, 2

_FAILURES = {
    2: "the network ended the session",
    3: "another program has answered",
    4: "the network does not know this code, or the modem cannot do USSD",
    5: "the network did not answer in time",
}


class UssdReply(msgspec.Struct, frozen=True):
    """The network's answer. ``session``: it waits for an answer, which is given as the next code."""

    text: str
    session: bool


class Answer:
    """The parts of the answer to one question that have come so far. ``hexadecimal``: texts are expected as hex."""

    def __init__(self) -> None:
        self.hexadecimal = False
        self._news: list[UssdNews] = []
        self._failure: str | None = None

    def add(self, news: UssdNews) -> None:
        """The network said something more; the same once more is nothing."""
        if not self._news or news != self._news[-1]:
            self._news.append(news)

    def fail(self, reason: str) -> None:
        """An error came in place of an answer."""
        self._failure = reason

    def patience(self, timeouts: Timeouts) -> float | None:
        """Seconds of silence after which this is the answer; None if there is none yet."""
        if self._failure is not None:
            return 0.0
        if not self._news:
            return None
        statuses = {news.status for news in self._news}
        if self._texts({_NO_MORE, _MORE_WANTED}):
            return timeouts.ussd_more
        if statuses - {_NO_MORE, _MORE_WANTED, _RELEASED}:
            return 0.0
        return timeouts.ussd_release if self._texts({_RELEASED}) else timeouts.ussd_empty

    def reply(self) -> UssdReply:
        """The answer. Errors: `UssdFailed`, with the reason."""
        texts = self._texts({_NO_MORE, _MORE_WANTED}) or self._texts({_RELEASED})
        if not texts:
            if self._failure is not None:
                raise UssdFailed(self._failure)
            statuses = {news.status for news in self._news}
            for status, words in _FAILURES.items():
                if status in statuses:
                    raise UssdFailed(words)
        return UssdReply("".join(texts), session=self._goes_on)

    @property
    def _goes_on(self) -> bool:
        return bool(self._news) and self._news[-1].status == _MORE_WANTED

    def _texts(self, statuses: set[int]) -> list[str]:
        told = [news for news in self._news if news.status in statuses and news.text]
        return [text_of(news, hexadecimal=self.hexadecimal) for news in told]


def text_of(news: UssdNews, *, hexadecimal: bool) -> str:
    """The text of one +CUSD; empty if it has none."""
    return decode(news.text or "", news.dcs, hexadecimal=hexadecimal)
