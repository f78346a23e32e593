"""OpenSSL is loaded by whoever talks TLS, not because asyncio and hashlib know of it; so is `inspect` by who needs it.

asyncio imports ``ssl`` whether it is used or not, and hashlib takes OpenSSL's SHA-256 though Python has its own. The
library and its tables are a tenth of a small daemon's memory, and of the time until it is ready. A web hook or a
notification that needs TLS finds it as ever, at its first connection. `inspect`, which asyncio imports for its debug
mode, brings the compiler's tables with it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from threading import RLock
from types import ModuleType
from typing import Any

_HASHES = ("_md5", "_sha1", "_sha3", "_blake2")
_SHA2 = ("_sha2", "_sha256")  # from Python 3.12 on; before


def put_off() -> None:
    """Call it before asyncio and hashlib are imported; what is imported already stays as it is."""
    if "asyncio" not in sys.modules:
        for name in ("ssl", "asyncio.sslproto", "inspect"):
            sys.modules.setdefault(name, _Later(name))
    if "hashlib" not in sys.modules and _python_hashes():
        sys.modules["_hashlib"] = None  # type: ignore[assignment] # importing it fails, as documented
        try:
            import_module("hashlib")
            import_module("hmac")
        finally:
            del sys.modules["_hashlib"]


@contextmanager
def named() -> Iterator[None]:
    """While this lasts ``ssl.SSLContext`` is only a name, where OpenSSL is put off: for importing what annotates with it."""
    _naming.append(None)
    try:
        yield
    finally:
        _naming.pop()


class _Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system looks for in any module
            raise AttributeError(name)
        with _loading:
            if sys.modules.get(self.__name__) is self:
                # before there is TLS no socket is of it: asyncio asks that of every plain one
                if name == "SSLSocket" or (name == "SSLContext" and _naming):
                    return _Nothing
                del sys.modules[self.__name__]
            return getattr(import_module(self.__name__), name)


class _Nothing:
    """The class of no object."""


_loading = RLock()
_naming: list[None] = []


def _python_hashes() -> bool:
    """True if this Python has hashes of its own; some distributions leave them out."""
    return all(map(find_spec, _HASHES)) and any(map(find_spec, _SHA2))
