"""Signs against a modem's working well, although nothing has failed."""

from collections.abc import Iterator
from enum import Enum, auto


class Trouble(Enum):
    """A ground for doubting that the modem receives and sends all it should."""

    SUPPLY = auto()  # its voltage
    ROOM = auto()  # no storage has room for what comes in
    UNREADABLE = auto()  # messages are counted, and cannot be read
    NOTICES = auto()  # it does not tell of what comes in
    HAND_OVER = auto()  # messages were to come with their notice, and cannot


class Troubles:
    """The troubles there are, each in a sentence for people."""

    def __init__(self) -> None:
        self._sentences: dict[Trouble, str] = {}

    def set(self, trouble: Trouble, sentence: str | None) -> bool:
        """There is that trouble, or with None: no longer. Returns whether that is news."""
        if sentence is None:
            return self._sentences.pop(trouble, None) is not None
        news = self._sentences.get(trouble) != sentence
        self._sentences[trouble] = sentence
        return news

    def __iter__(self) -> Iterator[str]:
        return iter(self._sentences.values())
