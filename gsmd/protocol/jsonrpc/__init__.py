"""JSON-RPC 2.0, one object a line, as both ends of the socket speak it: octets in, values out, no I/O.

The specification is at https://www.jsonrpc.org/specification; ``§`` below means its sections.
Nothing here raises for what a peer sends: what cannot be understood is a value too, `Malformed`,
and carries the error object that answers it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from gsmd.protocol import bounds
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc.lines import Lines, LineSplitter
from gsmd.protocol.jsonrpc.reading import Unreadable, read, read_loosely
from gsmd.protocol.jsonrpc.slices import Slices
from gsmd.protocol.types import encode as encode_value

__all__ = ["LineSplitter", "Lines"]

Id = str | int | float | None
"""The identifier of a request (§4). Null is allowed there, so it is allowed here."""


class ErrorObject(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error (§5.1). ``data`` is ``{reason, field?, …}`` in everything gsmd sends."""

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

_encoder = msgspec.json.Encoder(enc_hook=encode_value)


def encode(item: Request | Notification | Response | ErrorResponse) -> bytes:
    """The object as JSON, without a line feed. ``params`` and ``result`` may hold `msgspec.Raw`."""
    return _encoder.encode(item)


def encode_batch(items: Sequence[bytes]) -> bytes:
    """Encoded objects as one batch (§6), without a line feed."""
    return b"[" + b",".join(items) + b"]"


def decode(line: bytes) -> Item | list[Item]:
    """The object that a line holds, or the objects of a batch."""
    try:
        return _items(read(line))
    except Unreadable as error:
        return _half_a_character(line) or _unreadable(error)


def decode_in_slices(line: bytes) -> Iterator[Item | list[Item] | None]:
    """The same for long lines, with None after each part of a millisecond's work: others want their turn."""
    try:
        slices = Slices(line)
        while not slices.take():
            yield None
        yield _items(slices.value)
    except Unreadable as error:
        yield _unreadable(error)


def _items(value: Any) -> Item | list[Item]:
    if not isinstance(value, list):
        return _item(value)
    if 0 < len(value) <= bounds.BATCH:
        return [_item(element) for element in value]
    text = f"a batch of more than {bounds.BATCH} objects" if value else "an empty batch"
    return _malformed(Code.INVALID_REQUEST, text, "too_long" if value else "not_a_request")


def _half_a_character(line: bytes) -> Malformed | None:
    """The answer to a request whose text was cut in the middle of an emoji: some writers escape half of the pair."""
    value = read_loosely(line) if rb"\u" in line else None
    if not isinstance(value, dict) or not isinstance(item := _item(value), Request):
        return None
    text = "half a surrogate pair is no character: the text was cut within one"
    if not _sound(item.id):
        return None
    return _malformed(Code.INVALID, text, "half_a_character", id_=item.id)


def _sound(id_: Id) -> bool:
    """It can be encoded again."""
    return not isinstance(id_, str) or not any("\ud800" <= each <= "\udfff" for each in id_)


def _unreadable(error: Unreadable) -> Malformed:
    code = Code.PARSE_ERROR if error.reason == "not_json" else Code.INVALID_REQUEST
    return _malformed(code, str(error), error.reason)


def too_long(limit: int = bounds.LINE) -> ErrorResponse:
    """The answer to a line over the limit, sent before the connection is closed."""
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
