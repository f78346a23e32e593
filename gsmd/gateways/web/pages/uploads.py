"""Forms with a file in them (``multipart/form-data``, RFC 7578), read from the octets of a body.

A part begins behind a boundary at the beginning of a line and ends before the next one; its head says what it is called. Only
what browsers send is read: no nested parts, no transfer encodings.
"""

import re

_NAME = re.compile(rb'\bname="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_FILE = re.compile(rb"\bfilename\*?=", re.IGNORECASE)
_BOUNDARY = re.compile(r'\bboundary="?([^";]{1,70})"?', re.IGNORECASE)

_MOST = 100
"""Parts of one form."""


def read(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, bytes]]:
    """The fields of the form, and its files, by name; a file that nobody chose is empty. Errors: `ValueError`."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ValueError("the form has no boundary")
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    mark = b"\r\n--" + found[1].encode("latin-1")
    body = b"\r\n" + body
    place = body.find(mark)
    for _ in range(_MOST):
        if place < 0 or body.startswith(b"--", place + len(mark)):
            break
        begin = place + len(mark) + 2
        place = body.find(mark, begin)
        if place < 0:
            raise ValueError("the form is cut off")
        end_of_head = body.find(b"\r\n\r\n", begin, place)
        head = body[begin : max(end_of_head, begin)]
        named = _NAME.search(head)
        if named is None:
            raise ValueError("a part of the form has no name")
        name = named[1].decode("utf-8", "replace")
        content = body[end_of_head + 4 : place]
        if _FILE.search(head):
            files[name] = content
        else:
            fields[name] = content.decode("utf-8", "replace")
    return fields, files


def text(octets: bytes) -> str:
    """A text file as its maker's program wrote it: UTF-8, UTF-16 with its mark, else what Windows has in western Europe."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", "replace")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")
