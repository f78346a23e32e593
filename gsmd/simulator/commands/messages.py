"""Stored messages: choosing a memory, listing, reading, deleting (3GPP TS 27.005 §3.2, §3.4)."""

from typing import TYPE_CHECKING

from gsmd.simulator.commands.table import Answer, Needs, NoResult, on, on_test
from gsmd.simulator.errors import MessageError
from gsmd.simulator.grammar import ArgumentError, Operation, Request
from gsmd.simulator.storage import STATUS_NAMES, Entry, Memory, StoredStatus, entries
from gsmd.simulator.text import listed_lines, read_lines

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_INVALID_INDEX = 321
_MEMORY_FAILURE = 320
_ONE = 0  # <delflag>: the index decides
_DELETED_BY_FLAG = {
    1: {StoredStatus.RECEIVED_READ},
    2: {StoredStatus.RECEIVED_READ, StoredStatus.STORED_SENT},
    3: {StoredStatus.RECEIVED_READ, StoredStatus.STORED_SENT, StoredStatus.STORED_UNSENT},
    4: set(StoredStatus),
}


@on("+CPMS", Operation.TEST, Needs.MESSAGES)
def possible_storages(modem: "SimulatedModem", _request: Request) -> Answer:
    sets = ("(" + ",".join(f'"{name}"' for name in names) + ")" for names in modem.profile.storages)
    listed = ",".join(sets)
    return [f"+CPMS: ({listed})" if modem.profile.nested_storages else f"+CPMS: {listed}"]


@on("+CPMS", Operation.READ, Needs.MESSAGES)
def storages(modem: "SimulatedModem", _request: Request) -> Answer:
    return ["+CPMS: " + ",".join(f'"{name}",{_fill(modem, name)}' for name in _shown(modem))]


@on("+CPMS", Operation.SET, Needs.MESSAGES)
def select_storages(modem: "SimulatedModem", request: Request) -> Answer:
    request.at_most(len(modem.profile.storages))
    if len(request.fields) < modem.faults.storages_at_once:
        raise ArgumentError("all storages have to be named")
    wanted = list(modem.selected)
    for position in range(len(request.fields)):
        name = request.string(position).upper()
        if name not in modem.profile.storages[position]:
            raise ArgumentError(f"there is no storage {name}")
        wanted[position] = name
    modem.selected = wanted
    if modem.faults.silent_counts:
        return None
    return ["+CPMS: " + ",".join(_fill(modem, name) for name in _shown(modem))]


@on("+CMGL", Operation.EXECUTE, Needs.MESSAGES)
@on("+CMGL", Operation.SET, Needs.MESSAGES)
def list_messages(modem: "SimulatedModem", request: Request) -> Answer:
    """List messages; those that were unread are read from now on (27.005 §3.4.2)."""
    wanted = _wanted_status(modem, request)
    if modem.faults.list_hangs and modem.faults.take("list_hangs"):
        return NoResult()
    lines: list[str] = []
    listed = () if modem.faults.unlisted else entries(modem.memory(modem.selected[0]))
    for position, entry in listed:
        if wanted in (StoredStatus.ALL, entry.status) and not entry.hidden:
            lines += listed_lines(modem, position + modem.profile.index_base, entry)
            _mark_read(entry)
    if not lines and modem.profile.empty_list_fails:
        raise MessageError(_INVALID_INDEX)
    return lines


@on("+CMGL", Operation.TEST)
def possible_states(modem: "SimulatedModem", _request: Request) -> Answer:
    if modem.settings.text_mode:
        return ["+CMGL: (" + ",".join(f'"{name}"' for name in STATUS_NAMES.values()) + ")"]
    return ["+CMGL: (0-4)"]


@on("+CMGR", Operation.SET, Needs.MESSAGES)
def read_message(modem: "SimulatedModem", request: Request) -> Answer:
    _, _, entry = find(modem, request.integer(0))
    if entry is None or entry.hidden:
        if modem.profile.empty_read_fails:
            raise MessageError(_INVALID_INDEX)
        return None
    lines = read_lines(modem, entry)
    _mark_read(entry)
    return lines


@on("+CMGD", Operation.SET, Needs.MESSAGES)
def delete_message(modem: "SimulatedModem", request: Request) -> Answer:
    """By index, or by state when there is a ``<delflag>`` (27.005 §3.5.4)."""
    flag = request.integer(1, default=0, allowed=range(5))
    if modem.faults.delete_fails and modem.faults.take("delete_fails"):
        raise MessageError(_MEMORY_FAILURE)
    if flag == _ONE:
        memory, position, entry = find(modem, request.integer(0))
        if entry is None and modem.profile.empty_delete_fails:
            raise MessageError(_INVALID_INDEX)
        memory.clear(position)
    else:
        memory = modem.memory(modem.selected[0])
        for position, entry in list(entries(memory)):
            if entry.status in _DELETED_BY_FLAG[flag]:
                memory.clear(position)
    modem.network.memory_available(modem.require_sim())
    return None


@on("+CMGD", Operation.TEST, Needs.MESSAGES)
def deletable(modem: "SimulatedModem", _request: Request) -> Answer:
    used = ",".join(
        str(position + modem.profile.index_base)
        for position, _ in entries(modem.memory(modem.selected[0]))
    )
    return [f"+CMGD: ({used}),(0-4)"]


def find(modem: "SimulatedModem", index: int, storage: int = 0) -> tuple[Memory, int, Entry | None]:
    """The slot of an index in a selected memory; ``+CMS ERROR: 321`` if there is none."""
    memory = modem.memory(modem.selected[storage])
    position = index - modem.profile.index_base
    try:
        return memory, position, memory.get(position)
    except IndexError:
        raise MessageError(_INVALID_INDEX) from None


def _shown(modem: "SimulatedModem") -> list[str]:
    return modem.selected[: len(modem.profile.storages)]


def _fill(modem: "SimulatedModem", name: str) -> str:
    memory = modem.memory(name)
    lagging = modem.faults.count_lag and modem.faults.take("count_lag")
    counted = memory.used + modem.faults.ghosts
    return f"{0 if lagging else min(counted, memory.capacity)},{memory.capacity}"


def _wanted_status(modem: "SimulatedModem", request: Request) -> StoredStatus:
    request.at_most(2)
    if not modem.settings.text_mode:
        return StoredStatus(request.integer(0, default=0, allowed=range(5)))
    name = request.string(0, default="REC UNREAD")
    for status, text in STATUS_NAMES.items():
        if text == name.upper():
            return status
    raise ArgumentError(f"there is no state {name}")


def _mark_read(entry: Entry) -> None:
    if entry.status is StoredStatus.RECEIVED_UNREAD:
        entry.status = StoredStatus.RECEIVED_READ


on_test("+CMGR", "")
