"""From a line that a modem said by itself to those whom its meaning concerns."""

from collections.abc import Callable
from typing import Any, TypeVar

from gsmd.at import Unsolicited
from gsmd.modem.link.urc import Indications

N = TypeVar("N")


class UrcDispatch:
    """Knows, for each kind of notice, whom to call. On the loop; none of them does I/O by itself."""

    def __init__(self) -> None:
        self._receivers: dict[type, Callable[[Any], None]] = {}

    def on(self, kind: type[N], receiver: Callable[[N], None]) -> None:
        """Have ``receiver`` called with each notice of that ``kind``."""
        self._receivers[kind] = receiver

    def dispatch(self, event: Unsolicited, known: Indications) -> None:
        """Find out what ``event`` means among what is ``known``, and tell whom it concerns."""
        notice = known.meaning(event)
        if notice is not None and (receiver := self._receivers.get(type(notice))) is not None:
            receiver(notice)
