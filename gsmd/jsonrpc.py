"""JSON-RPC 2.0, one object a line, as both ends of the socket speak it: octets in, values out, no I/O.

The specification is at https://www.jsonrpc.org/specification; ``§`` below means its sections.
Nothing here raises for what a peer sends: what cannot be understood is a value too, `Malformed`,
and carries the error object that answers it.
"""

import json
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

LINE_LIMIT = 1 << 20
"""The longest line a client may send, in octets and without its line feed."""

BATCH_LIMIT = 1000
"""The most objects in one batch."""

Id = str | int | float | None
"""What may identify a request (§4). Null is allowed there, so it is allowed here."""


class Code(IntEnum):
    """Why a request failed: the specification's codes (§5.1), and from 1 on those of gsmd."""

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


class ErrorObject(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong (§5.1). ``data`` is ``{reason, field?, …}`` in everything gsmd sends."""

    code: int
    message: str
    data: Any = UNSET


class Request(msgspec.Struct, frozen=True, omit_defaults=True, tag="2.0", tag_field="jsonrpc"):
    """A call that wants an answer."""

    id: Id
    method: str
    params: Any = UNSET


class Notification(msgspec.Struct, frozen=True, omit_defaults=True, tag="2.0", tag_field="jsonrpc"):
    """A call that wants none (§4.1)."""

    method: str
    params: Any = UNSET


class Response(msgspec.Struct, frozen=True, tag="2.0", tag_field="jsonrpc"):
    """The answer to a request that worked."""

    id: Id
    result: Any


class ErrorResponse(msgspec.Struct, frozen=True, tag="2.0", tag_field="jsonrpc"):
    """The answer to a request that did not work. ``id`` is null where it could not be made out."""

    id: Id
    error: ErrorObject


class Malformed(msgspec.Struct, frozen=True):
    """Something that is no object of the protocol, and what to say to it."""

    answer: ErrorResponse


Item = Request | Notification | Response | ErrorResponse | Malformed
"""One object as received."""

_encoder = msgspec.json.Encoder()


def encode(item: Request | Notification | Response | ErrorResponse) -> bytes:
    """The object as JSON, without a line feed. ``params`` and ``result`` may hold `msgspec.Raw`."""
    return _encoder.encode(item)


def encode_batch(items: Sequence[bytes]) -> bytes:
    """Encoded objects as one batch (§6), without a line feed."""
    return b"[" + b",".join(items) + b"]"


def decode(line: bytes) -> Item | list[Item]:
    """What stands on a line: an object, or the objects of a batch."""
    try:
        value = _value(line)
    except _UnreadableError as error:
        return _malformed(error.code, str(error), error.reason)
    if not isinstance(value, list):
        return _item(value)
    if 0 < len(value) <= BATCH_LIMIT:
        return [_item(element) for element in value]
    text = f"a batch of more than {BATCH_LIMIT} objects" if value else "an empty batch"
    return _malformed(Code.INVALID_REQUEST, text, "too_long" if value else "not_a_request")


def too_long(limit: int = LINE_LIMIT) -> ErrorResponse:
    """What is said to a line over the limit, before the connection is closed."""
    return _malformed(
        Code.INVALID_REQUEST, f"a line of more than {limit} octets", "too_long"
    ).answer


def _item(value: Any) -> Item:
    """One element of the protocol, by its members (§4, §5)."""
    if not isinstance(value, dict):
        return _malformed(Code.INVALID_REQUEST, "not an object", "not_a_request")
    id_ = value.get("id", UNSET)
    if id_ is not UNSET and (isinstance(id_, bool) or not isinstance(id_, Id)):
        text = "id is neither a string nor a number nor null"
        return _malformed(Code.INVALID_REQUEST, text, "not_a_request", field="id")
    if value.get("jsonrpc") != "2.0":
        text = 'jsonrpc is not "2.0"'
        return _malformed(Code.INVALID_REQUEST, text, "not_a_request", field="jsonrpc", id_=id_)
    if "method" in value:
        return _call(value, id_)
    return _answer(value, id_)


def _call(value: dict[str, Any], id_: Id | UnsetType) -> Item:
    method, params = value["method"], value.get("params", UNSET)
    if not isinstance(method, str):
        text = "method is not a string"
        return _malformed(Code.INVALID_REQUEST, text, "not_a_request", field="method", id_=id_)
    if params is not UNSET and not isinstance(params, dict | list):
        text = "params is neither an object nor an array"
        return _malformed(Code.INVALID_REQUEST, text, "not_a_request", field="params", id_=id_)
    if id_ is UNSET:
        return Notification(method, params)
    return Request(id_, method, params)


def _answer(value: dict[str, Any], id_: Id | UnsetType) -> Item:
    # peers with JSON-RPC 1.0 in their bones write the other member too, as null
    error = value.get("error")
    if id_ is not UNSET and error is None and "result" in value:
        return Response(id_, value["result"])
    if id_ is not UNSET and isinstance(error, dict) and value.get("result") is None:
        try:
            return ErrorResponse(id_, msgspec.convert(error, ErrorObject))
        except msgspec.ValidationError as problem:
            text = f"not an error object: {problem}"
            return _malformed(Code.INVALID_REQUEST, text, "not_a_request", field="error", id_=id_)
    return _malformed(
        Code.INVALID_REQUEST, "neither a request nor an answer", "not_a_request", id_=id_
    )


def _malformed(
    code: Code,
    message: str,
    reason: str,
    *,
    field: str | None = None,
    id_: Id | UnsetType = UNSET,
) -> Malformed:
    data = {"reason": reason} if field is None else {"reason": reason, "field": field}
    answer = ErrorResponse(None if id_ is UNSET else id_, ErrorObject(code, message, data))
    return Malformed(answer)


class _UnreadableError(Exception):
    def __init__(self, code: Code, message: str, reason: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    # RFC 8259 §4: of a key that stands twice each reader makes something else
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            text = f"the key {key[:40]!r} stands twice in one object"
            raise _UnreadableError(Code.INVALID_REQUEST, text, "repeated_key")
        seen.add(key)


_keys = json.JSONDecoder(object_pairs_hook=_distinct, parse_int=str, parse_float=str)


def _value(line: bytes) -> Any:
    try:
        value = msgspec.json.decode(line)
        _keys.decode(line.decode())
    except RecursionError:
        raise _UnreadableError(Code.PARSE_ERROR, "nested too deeply", "not_json") from None
    except ValueError as error:  # msgspec's errors and bad UTF-8 are all of this kind
        raise _UnreadableError(Code.PARSE_ERROR, f"not JSON: {error}", "not_json") from error
    return value


class Lines(NamedTuple):
    """Whole lines, without their line feeds; ``overflow`` says that a longer one than allowed follows."""

    lines: list[bytes]
    overflow: bool


class LineSplitter:
    """Cuts a stream into lines, however it arrives, and never keeps more than one line's worth."""

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._overflow = False

    def feed(self, data: bytes) -> Lines:
        """The lines that ``data`` completes. After an overflow nothing more is taken."""
        if self._overflow:
            return Lines([], overflow=True)
        first, *others = data.split(b"\n")
        self._rest += first
        lines: list[bytes] = []
        for other in others:
            if len(self._rest) > self._limit:
                break
            lines.append(bytes(self._rest))
            self._rest[:] = other
        if len(self._rest) > self._limit:
            self._overflow = True
            self._rest.clear()
        return Lines(lines, self._overflow)

    def finish(self) -> bytes | None:
        """What stands behind the last line feed at the end of the stream, if it is more than blanks."""
        rest = bytes(self._rest).strip()
        self._rest.clear()
        return rest or None
