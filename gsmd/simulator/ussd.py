"""The network's answers to USSD codes: menus, a session per subscriber."""

from collections.abc import Callable
from dataclasses import dataclass, field

NO_MORE = 0  # <m> of +CUSD (3GPP TS 27.007 §7.15)
MORE_WANTED = 1
NOT_SUPPORTED = 4

UssdAnswer = Callable[[int, str | None], object]


@dataclass
class Menu:
    """A text, and what its choices lead to; without choices the session ends."""

    text: str
    choices: dict[str, "Menu"] = field(default_factory=dict)


def default_menus() -> dict[str, Menu]:
    """A balance, and a menu of two levels."""
    account = Menu(
        "1 Balance\n2 Own number", {"1": Menu("Balance: 5.00"), "2": Menu("Ask the SIM.")}
    )
    return {
        "*100#": Menu("Balance: 5.00"),
        "*101#": Menu("Solde\u00a0: 5,00 € – merci\u202f!"),  # no GSM text: comes in UCS-2
        "*123#": Menu("1 Account\n2 Help", {"1": account, "2": Menu("Call 123.")}),
    }


class Menus:
    """The codes that are known, and where each subscriber stands."""

    def __init__(self) -> None:
        self.codes = default_menus()
        self._sessions: dict[str, Menu] = {}

    def enter(self, subscriber: str, code: str) -> tuple[int, str | None]:
        """``<m>`` and the text for a code, or for a choice in the session's menu."""
        session = self._sessions.pop(subscriber, None)
        menu = session.choices.get(code) if session else self.codes.get(code)
        if menu is None:
            return NOT_SUPPORTED, None
        if not menu.choices:
            return NO_MORE, menu.text
        self._sessions[subscriber] = menu
        return MORE_WANTED, menu.text

    def leave(self, subscriber: str) -> None:
        """End the session."""
        self._sessions.pop(subscriber, None)
