"""The kinds of fields that PDUs are made of: how each is read and written (SMPP 3.4 §3.1).

A reader takes the octets of one whole PDU and a position, appends what it found, and returns the position
behind it. An octet that is not there is an IndexError: `gsmd.smpp.wire` knows which field was at work.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import msgspec

from gsmd.smpp.address import Address
from gsmd.smpp.errors import SmppError
from gsmd.smpp.status import CommandStatus


class Field(ABC):
    """One kind of field. ``names`` are those of the specification, for errors."""

    names: tuple[str, ...]

    @abstractmethod
    def read(self, octets: bytes, at: int, found: list[Any]) -> int:
        """Append the value that begins at ``at``; the position behind it. Errors: `SmppError`, IndexError."""

    @abstractmethod
    def write(self, value: Any) -> bytes:
        """The octets of a value. Errors: `SmppError`."""


class Octet(Field):
    """An integer of one octet."""

    def __init__(self, name: str) -> None:
        self.names = (name,)

    def read(self, octets: bytes, at: int, found: list[Any]) -> int:
        found.append(octets[at])
        return at + 1

    def write(self, value: int) -> bytes:
        return _octet(value, self.names[0])


class CString(Field):
    """A C-octet string of at most ``most`` octets, the NUL counted."""

    def __init__(
        self, name: str, most: int, status: CommandStatus = CommandStatus.RINVCMDLEN
    ) -> None:
        self.names = (name,)
        self._most = most
        self._status = status

    def read(self, octets: bytes, at: int, found: list[Any]) -> int:
        end = octets.find(0, at, at + self._most)
        if end < 0:
            raise self._endless(octets, at)
        found.append(octets[at:end])
        return end + 1

    def write(self, value: bytes) -> bytes:
        return _c_string(value, self.names[0], self._most, self._status)

    def _endless(self, octets: bytes, at: int) -> SmppError:
        return _endless(octets, at, self.names[0], self._most, self._status)


class PeerAddress(Field):
    """TON, NPI and a C-octet string of at most ``most`` octets."""

    def __init__(self, name: str, most: int, status: CommandStatus) -> None:
        stem = name.removesuffix("_addr").replace("destination", "dest")
        self.names = (f"{stem}_addr_ton", f"{stem}_addr_npi", name)
        self._most = most
        self._status = status

    def read(self, octets: bytes, at: int, found: list[Any]) -> int:
        start = at + 2
        end = octets.find(0, start, start + self._most)
        if end < 0:
            if len(octets) <= at + 1:
                raise IndexError
            raise _endless(octets, start, self.names[2], self._most, self._status)
        found.append(Address(octets[at], octets[at + 1], octets[start:end]))
        return end + 1

    def write(self, value: Address) -> bytes:
        return (
            _octet(value.ton, self.names[0])
            + _octet(value.npi, self.names[1])
            + _c_string(value.octets, self.names[2], self._most, self._status)
        )


class ShortMessage(Field):
    """sm_length and so many octets of short_message (SMPP 3.4 §5.2.21, §5.2.22)."""

    names = ("sm_length", "short_message")

    def read(self, octets: bytes, at: int, found: list[Any]) -> int:
        start = at + 1
        end = start + octets[at]
        if end > len(octets):
            there = len(octets) - start
            raise SmppError(
                f"says {octets[at]} octets, {there} are there",
                status=CommandStatus.RINVMSGLEN,
                field="sm_length",
                offset=at,
            )
        found.append(octets[start:end])
        return end

    def write(self, value: bytes) -> bytes:
        if len(value) > _LONGEST_SHORT_MESSAGE:
            raise SmppError(
                f"{len(value)} octets are more than {_LONGEST_SHORT_MESSAGE}",
                status=CommandStatus.RINVMSGLEN,
                field="short_message",
            )
        return bytes((len(value),)) + value


class Destination(msgspec.Struct, frozen=True, gc=False):
    """One destination of a submit_multi: an address, or the name of a distribution list (SMPP 3.4 §4.5.1.1)."""

    address: Address = Address()
    list_name: bytes | None = None


class Unsuccessful(msgspec.Struct, frozen=True, gc=False):
    """A destination to which nothing was submitted, and why (SMPP 3.4 §4.5.2.1)."""

    address: Address
    error_status: int


class Destinations(Field):
    """number_of_dests and so many destinations."""

    names = ("number_of_dests", "dest_address")

    def __init__(self) -> None:
        self._address = PeerAddress("destination_addr", 21, CommandStatus.RINVDSTADR)
        self._list = CString("dl_name", 21, CommandStatus.RINVDLNAME)

    def read(self, octets: bytes, at: int, found: list[Any]) -> int:
        destinations: list[Destination] = []
        count, at = octets[at], at + 1
        for _ in range(count):
            value: list[Any] = []
            flag = octets[at]
            if flag == _TO_ADDRESS:
                at = self._address.read(octets, at + 1, value)
                destinations.append(Destination(value[0]))
            elif flag == _TO_LIST:
                at = self._list.read(octets, at + 1, value)
                destinations.append(Destination(list_name=value[0]))
            else:
                raise SmppError(
                    f"{flag} is neither an address nor a list",
                    status=CommandStatus.RINVDESTFLAG,
                    field="dest_flag",
                    offset=at,
                )
        found.append(tuple(destinations))
        return at

    def write(self, value: Sequence[Destination]) -> bytes:
        if len(value) > _MOST_DESTINATIONS:
            raise SmppError(
                f"{len(value)} destinations are more than {_MOST_DESTINATIONS}",
                status=CommandStatus.RINVNUMDESTS,
                field="number_of_dests",
            )
        written = (
            bytes((_TO_ADDRESS,)) + self._address.write(each.address)
            if each.list_name is None
            else bytes((_TO_LIST,)) + self._list.write(each.list_name)
            for each in value
        )
        return bytes((len(value),)) + b"".join(written)


class Unsuccessfuls(Field):
    """no_unsuccess and so many destinations with their error_status_code."""

    names = ("no_unsuccess", "unsuccess_sme")

    def __init__(self) -> None:
        self._address = PeerAddress("destination_addr", 21, CommandStatus.RINVDSTADR)

    def read(self, octets: bytes, at: int, found: list[Any]) -> int:
        refused: list[Unsuccessful] = []
        count, at = octets[at], at + 1
        for _ in range(count):
            value: list[Any] = []
            at = self._address.read(octets, at, value)
            if len(octets) < at + 4:
                raise IndexError
            refused.append(Unsuccessful(value[0], int.from_bytes(octets[at : at + 4])))
            at += 4
        found.append(tuple(refused))
        return at

    def write(self, value: Sequence[Unsuccessful]) -> bytes:
        written = (
            self._address.write(each.address) + each.error_status.to_bytes(4) for each in value
        )
        return _octet(len(value), "no_unsuccess") + b"".join(written)


_TO_ADDRESS = 1
_TO_LIST = 2
_MOST_DESTINATIONS = 254  # SMPP 3.4 §5.2.24
_LONGEST_SHORT_MESSAGE = 254  # SMPP 3.4 §5.2.21


def _octet(value: int, name: str) -> bytes:
    try:
        return bytes((value,))
    except ValueError:
        message = f"{value} does not fit an octet"
        raise SmppError(message, status=CommandStatus.RINVCMDLEN, field=name) from None


def _c_string(value: bytes, name: str, most: int, status: CommandStatus) -> bytes:
    if len(value) >= most or 0 in value:
        what = "has a NUL in it" if 0 in value else f"{len(value)} octets are more than {most - 1}"
        raise SmppError(what, status=status, field=name)
    return value + b"\0"


def _endless(octets: bytes, at: int, name: str, most: int, status: CommandStatus) -> SmppError:
    """The error of a string without a NUL: it is too long, or the PDU ends in it."""
    if len(octets) - at < most:
        message, status = "the octets end before its NUL", CommandStatus.RINVCMDLEN
    else:
        message = f"no NUL within {most} octets"
    return SmppError(message, status=status, field=name, offset=at)
