"""The table of commands: the function that carries out each, and the answers it may give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from gsmd.simulator.grammar import Operation, Request

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem


@dataclass(frozen=True)
class Later:
    """The answer takes ``seconds``; ``then`` gives it. ``abort``: a key press ends the wait."""

    seconds: float
    then: "Callable[[], Answer]"
    abort: Callable[[], None] | None = None


@dataclass(frozen=True)
class Prompt:
    """The command wants a text. ``lines``: text mode, where every line gets a new prompt."""

    then: "Callable[[bytes], Answer]"
    lines: bool = False


@dataclass(frozen=True)
class NoResult:
    """The final result never comes; the information text may."""

    lines: tuple[str, ...] = ()


Answer = Sequence[str] | Later | Prompt | NoResult | None
"""Lines of information text, then OK; or something that comes to it later, or never."""

Handler = Callable[["SimulatedModem", Request], Answer]


class Needs(Enum):
    """The state that the modem must have before a command is tried."""

    NOTHING = auto()
    SIM = auto()  # unlocked; else +CME ERROR
    MESSAGES = auto()  # the same, and the message service is ready; else +CMS ERROR


@dataclass(frozen=True, slots=True)
class Command:
    run: Handler
    needs: Needs


TABLE: dict[tuple[str, Operation], Command] = {}
NAMES: set[str] = set()


def on(
    name: str, operation: Operation, needs: Needs = Needs.NOTHING
) -> Callable[[Handler], Handler]:
    """Enter the decorated function in the table."""

    def enter(handler: Handler) -> Handler:
        TABLE[name, operation] = Command(handler, needs)
        NAMES.add(name)
        return handler

    return enter


def on_test(name: str, text: str, needs: Needs = Needs.NOTHING) -> None:
    """Let ``name=?`` answer ``name: text``."""
    line = f"{name}: {text}"
    on(name, Operation.TEST, needs)(lambda _modem, _request: [line])
