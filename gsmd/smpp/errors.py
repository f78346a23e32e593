"""The one exception of the codec."""

from gsmd.smpp.status import CommandStatus


class SmppError(ValueError):
    """These octets are no PDU, or this value cannot be written as one.

    ``status`` is what the other side is to be told, ``field`` the name of what is wrong in the words of the
    specification (``short_message``), ``offset`` the octet it starts at, counted from the first of the
    header; None when encoding. ``sequence`` and ``command`` are the PDU's own, where its header was whole.
    """

    def __init__(
        self,
        message: str,
        *,
        status: CommandStatus,
        field: str,
        offset: int | None = None,
        sequence: int = 0,
        command: int = 0,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.field = field
        self.offset = offset
        self.sequence = sequence
        self.command = command

    def __str__(self) -> str:
        where = "" if self.offset is None else f" (octet {self.offset})"
        return f"{self.field}: {self.message}{where}"
