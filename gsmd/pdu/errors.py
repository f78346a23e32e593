"""The one exception of the codec."""


class PduError(ValueError):
    """These octets, or these arguments, are no PDU.

    ``field`` is the path of what is wrong (``user_data.length``), ``offset`` the octet it starts at,
    counted from the first octet of what was given to the decoder; None when encoding.
    """

    def __init__(self, message: str, field: str, offset: int | None = None) -> None:
        super().__init__(message, field, offset)
        self.message = message
        self.field = field
        self.offset = offset

    def __str__(self) -> str:
        where = "" if self.offset is None else f" (octet {self.offset})"
        return f"{self.field}: {self.message}{where}"

    def moved(self, octets: int) -> "PduError":
        """The same error, told from a start that lies ``octets`` earlier."""
        offset = octets if self.offset is None else self.offset + octets
        return PduError(self.message, self.field, offset)
