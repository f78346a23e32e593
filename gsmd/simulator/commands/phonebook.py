"""The SIM's phone book, as far as programs look into it (3GPP TS 27.007 §8.11 to §8.14)."""

from typing import TYPE_CHECKING

from gsmd.simulator.charset import shown, understood
from gsmd.simulator.commands.table import Answer, Needs, on, on_test
from gsmd.simulator.errors import MobileError
from gsmd.simulator.grammar import ArgumentError, Operation, Request

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_BOOKS = ("SM", "ON", "ME")
_CAPACITY = 100


@on("+CPBS", Operation.READ, Needs.SIM)
def selected_book(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f'+CPBS: "{modem.settings.phonebook}",{len(_book(modem))},{_CAPACITY}']


@on("+CPBS", Operation.SET, Needs.SIM)
def select_book(modem: "SimulatedModem", request: Request) -> Answer:
    name = request.string(0).upper()
    if name not in _BOOKS:
        raise ArgumentError(f"there is no phone book {name}")
    modem.settings.phonebook = name
    return None


@on("+CPBR", Operation.SET, Needs.SIM)
def read_contacts(modem: "SimulatedModem", request: Request) -> Answer:
    first = request.integer(0, allowed=range(1, _CAPACITY + 1))
    last = request.integer(1, default=first, allowed=range(1, _CAPACITY + 1))
    book = _book(modem)
    return [
        _contact("+CPBR", index, *book[index], modem)
        for index in sorted(book)
        if first <= index <= last
    ]


@on("+CPBF", Operation.SET, Needs.SIM)
def find_contacts(modem: "SimulatedModem", request: Request) -> Answer:
    wanted = understood(request.string(0), modem.settings.character_set).casefold()
    book = _book(modem)
    found = [index for index in sorted(book) if book[index][1].casefold().startswith(wanted)]
    if not found:
        raise MobileError(22)
    return [_contact("+CPBF", index, *book[index], modem) for index in found]


@on("+CPBW", Operation.SET, Needs.SIM)
def write_contact(modem: "SimulatedModem", request: Request) -> Answer:
    """An index alone clears the entry."""
    book = _book(modem)
    free = next(index for index in range(1, _CAPACITY + 2) if index not in book)
    index = request.integer(0, default=free, allowed=range(1, _CAPACITY + 1))
    if len(request.fields) == 1:
        book.pop(index, None)
        return None
    name = understood(request.string(3, default=""), modem.settings.character_set)
    book[index] = (request.string(1), name)
    return None


@on("+CPBR", Operation.TEST, Needs.SIM)
def contact_range(_modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+CPBR: (1-{_CAPACITY}),40,14"]


def _book(modem: "SimulatedModem") -> dict[int, tuple[str, str]]:
    sim = modem.require_sim()
    if modem.settings.phonebook == "ON":
        return {1: (sim.number, "")} if sim.number else {}
    return sim.contacts


def _contact(prefix: str, index: int, number: str, name: str, modem: "SimulatedModem") -> str:
    kind = 145 if number.startswith("+") else 129
    return f'{prefix}: {index},"{number}",{kind},"{shown(name, modem.settings.character_set)}"'


on_test("+CPBS", '("SM","ON","ME")')
