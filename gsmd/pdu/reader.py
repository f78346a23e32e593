"""Takes fields off a string of octets and says which field was cut short, and where."""

from gsmd.pdu.errors import PduError


class Reader:
    """A position in a string of octets. Errors: `PduError` with the field and the octet offset."""

    __slots__ = ("octets", "position")

    def __init__(self, octets: bytes, position: int = 0) -> None:
        self.octets = octets
        self.position = position

    def octet(self, field: str) -> int:
        """The next octet."""
        position = self.position
        try:
            value = self.octets[position]
        except IndexError:
            raise PduError("the octets end before this field", field, position) from None
        self.position = position + 1
        return value

    def take(self, count: int, field: str) -> bytes:
        """The next ``count`` octets."""
        start = self.position
        end = start + count
        if end > len(self.octets):
            there = len(self.octets) - start
            raise PduError(f"needs {count} octets, {there} are there", field, start)
        self.position = end
        return self.octets[start:end]

    def rest(self) -> bytes:
        """The octets that have not been taken."""
        return self.octets[self.position :]
