"""The style sheet, the script and the icon: read once, compressed once, under a name that changes with them.

Their addresses have a hash of their contents, so a browser keeps them for good and never has an old one.
"""

import gzip
import hashlib
from importlib import resources
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

PREFIX = "/static/"

KINDS = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}
"""Content types, by the end of a name."""


class File(NamedTuple):
    """A file as it is sent."""

    kind: str
    plain: bytes
    compressed: bytes


class Files:
    """All files. ``by_address``: by the name in their address."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.by_address: dict[str, File] = {}
        self._addresses: dict[str, str] = {}
        for name, octets in contents.items():
            stem, _, end = name.rpartition(".")
            address = f"{stem}.{hashlib.sha256(octets).hexdigest()[:12]}.{end}"
            compressed = gzip.compress(octets, 9, mtime=0)
            self.by_address[address] = File(KINDS[end], octets, compressed)
            self._addresses[name] = PREFIX + address

    def address(self, name: str) -> str:
        """Where a file is to be had."""
        return self._addresses[name]


def files() -> Files:
    """Those of this package."""
    folder = resources.files(__package__).joinpath("static")
    names = sorted(each.name for each in folder.iterdir() if each.name.rpartition(".")[2] in KINDS)
    return Files({name: folder.joinpath(name).read_bytes() for name in names})


def answer(request: Request, known: Files) -> Response:
    """The file that is asked for."""
    file = known.by_address.get(request.scope["path"].removeprefix(PREFIX))
    if file is None or request.method not in {"GET", "HEAD"}:
        return Response("there is no such file\n", 404, media_type="text/plain")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    octets = file.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"], octets = "gzip", file.compressed
    return Response(octets, 200, headers, file.kind)
