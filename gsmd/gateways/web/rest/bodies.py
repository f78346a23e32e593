"""The body of a request: how long it may be, of which kind, and what it says."""

import re
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from gsmd.gateways.web.problems import Problem
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc.reading import Unreadable, read, read_loosely

LIMIT = 64 * 1024
"""Octets of a body."""

_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json\Z", re.ASCII)
_FORM = "application/x-www-form-urlencoded"


async def octets(request: Request, limit: int = LIMIT) -> bytes:
    """The whole body. Errors: `Problem` with 413, before more than ``limit`` octets are kept."""
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told[:12]) > limit:
        raise _too_long(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise _too_long(limit)
    except ClientDisconnect:
        raise Problem(400, "cut_off", "the body ended too early") from None
    return bytes(body)


def kind_of(request: Request) -> str:
    """The media type, without parameters; empty if there is none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def json_object(request: Request, limit: int = LIMIT) -> dict[str, Any]:
    """The object that the body is; no body is an empty one. Errors: `Problem`."""
    body = await octets(request, limit)
    if not body.strip():
        return {}
    kind = kind_of(request)
    if _JSON.match(kind) is None:
        raise _wrong_kind(kind, "application/json")
    return read_object(body)


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Errors: `Problem`."""
    try:
        value = read(body)
    except Unreadable as error:
        if rb"\u" in body and read_loosely(body) is not None:
            text = "half a surrogate pair is no character: the text was cut within one"
            raise Problem(422, "half_a_character", text, code=Code.INVALID) from error
        raise Problem(400, error.reason, str(error), code=Code.PARSE_ERROR) from error
    if not isinstance(value, dict):
        raise Problem(400, "wrong_type", "the body is to be an object", code=Code.INVALID_PARAMS)
    return value


async def text_or_members(request: Request, *, blanks: bool = False) -> str | dict[str, Any]:
    """A body that is a text, or names values: JSON or a form, of which ``blanks`` keeps empty ones. Errors: `Problem`."""
    body = await octets(request)
    kind = kind_of(request)
    if _JSON.match(kind) is not None:
        return read_object(body) if body.strip() else {}
    if kind == _FORM and _looks_like_a_form(body):
        return _form(body, blanks=blanks)
    if kind in {"", "text/plain", "application/octet-stream", _FORM}:
        return _text(body)
    if kind == "multipart/form-data":
        return await _multipart(request, body)
    raise _wrong_kind(kind, f"text/plain, application/json, {_FORM} or multipart/form-data")


def _looks_like_a_form(body: bytes) -> bool:
    """`curl -d TEXT` says that anything is a form."""
    name, equals, _ = body.partition(b"=")
    return bool(equals) and re.fullmatch(rb"[\w.%-]{1,40}", name) is not None


def _form(body: bytes, *, blanks: bool) -> dict[str, Any]:
    try:
        return dict(
            parse_qsl(body.decode(), keep_blank_values=blanks, errors="strict", max_num_fields=200)
        )
    except ValueError as error:
        raise Problem(400, "bad_form", f"the form cannot be read: {error}") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Problem(400, "not_utf8", "the text is not UTF-8", field="text") from error


async def _multipart(request: Request, body: bytes) -> dict[str, Any]:
    from starlette.formparsers import MultiPartException, MultiPartParser

    async def stream() -> Any:
        yield body

    try:
        form = await MultiPartParser(request.headers, stream(), max_files=0, max_fields=200).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise Problem(400, "bad_form", "the form cannot be read") from error
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def _too_long(limit: int) -> Problem:
    return Problem(413, "too_long", f"a body has at most {limit} octets")


def _wrong_kind(kind: str, wanted: str) -> Problem:
    text = f"the body is {kind[:80] or 'of no kind'}, and is to be {wanted}"
    return Problem(415, "wrong_content_type", text)
