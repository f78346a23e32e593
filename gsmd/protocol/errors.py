"""The errors of a request: the codes, and the exception that carries one to the caller."""

from enum import IntEnum
from typing import Any


class Code(IntEnum):
    """Error codes of a request: JSON-RPC's own codes (§5.1 of its specification), and from 1 on those of gsmd."""

    PARSE_ERROR = -32700  # not JSON
    INVALID_REQUEST = -32600  # JSON, but not a request
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602  # parameters of the wrong shape or type
    INTERNAL_ERROR = -32603

    REFUSED = 1  # by the recipient, the network or a rule
    NOT_FOUND = 2
    INVALID = 3  # the right shape, an impossible value
    NOT_PERMITTED = 4
    MODEM_UNAVAILABLE = 5
    CONFLICT = 6
    TIMEOUT = 7


MEANINGS: dict[Code, str] = {
    Code.PARSE_ERROR: "not JSON",
    Code.INVALID_REQUEST: "JSON, but no request; or a line or a batch that is too long",
    Code.METHOD_NOT_FOUND: "no such method",
    Code.INVALID_PARAMS: "parameters of the wrong shape or type",
    Code.INTERNAL_ERROR: "a defect of the daemon; its log has the details",
    Code.REFUSED: "refused: by the recipient, the network, or a rule",
    Code.NOT_FOUND: "there is no such thing",
    Code.INVALID: "invalid: the right shape, an impossible value",
    Code.NOT_PERMITTED: "not permitted",
    Code.MODEM_UNAVAILABLE: "the modem is not available, or answered with an error",
    Code.CONFLICT: "it contradicts what has happened already",
    Code.TIMEOUT: "it did not happen in time",
}
"""The codes in words, as ``docs/protocol.md`` lists them."""


class Refused(Exception):
    """A request that is not carried out.

    ``reason`` is one word for programs, ``field`` names the parameter at fault;
    both, and whatever else is known (``cms``, ``cme``, ``command``), are in ``data``.
    """

    def __init__(
        self, code: Code, message: str, *, reason: str, field: str | None = None, **details: Any
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data: dict[str, Any] = {"reason": reason}
        if field is not None:
            self.data["field"] = field
        self.data.update({name: value for name, value in details.items() if value is not None})
