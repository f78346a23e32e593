"""The files of the SQLite that Python's module uses, with everything written to them passing through us.

SQLite reaches the disk through a table of functions (a VFS, https://sqlite.org/vfs.html). Here the table
is copied, given a name, and made the one that every new connection uses; what opens files is replaced by
a function that also puts our own `write`, `sync`, `truncate` and `map` before SQLite's.
"""

import _sqlite3
import ctypes
from collections.abc import Callable
from typing import Any, Protocol

OK = 0

Proceed = Callable[[], int]
"""Does what SQLite asked for; returns its result code."""


class Listener(Protocol):
    """Who decides what becomes of an operation. Each returns a result code of SQLite's."""

    def write(
        self, file: "OpenFile", data: bytes, offset: int, proceed: Callable[[bytes], int]
    ) -> int: ...

    def sync(self, file: "OpenFile", proceed: Proceed) -> int: ...

    def truncate(self, file: "OpenFile", size: int, proceed: Proceed) -> int: ...

    def grow_index(self, file: "OpenFile", proceed: Proceed) -> int: ...


_VOID = ctypes.c_void_p
_INT = ctypes.c_int
_OPEN = ctypes.CFUNCTYPE(_INT, _VOID, _VOID, _VOID, _INT, _VOID)
_CLOSE = ctypes.CFUNCTYPE(_INT, _VOID)
_TRANSFER = ctypes.CFUNCTYPE(_INT, _VOID, _VOID, _INT, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(_INT, _VOID, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(_INT, _VOID, _INT)
_SHM_MAP = ctypes.CFUNCTYPE(_INT, _VOID, _INT, _INT, _INT, _VOID)


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", _INT),
        ("file_size", _INT),
        ("longest_path", _INT),
        ("next", _VOID),
        ("name", ctypes.c_char_p),
        ("data", _VOID),
        ("open", _VOID),
        *((f"function_{number}", _VOID) for number in range(15)),  # those of versions 1 to 3
    )


class _Methods(ctypes.Structure):
    _fields_ = (
        ("version", _INT),
        ("close", _VOID),
        ("read", _VOID),
        ("write", _VOID),
        ("truncate", _VOID),
        ("sync", _VOID),
        *((f"function_{number}", _VOID) for number in range(7)),
        ("shm_map", _VOID),
        *((f"more_{number}", _VOID) for number in range(5)),
    )


class _File(ctypes.Structure):
    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


class OpenFile:
    """One file that SQLite has open."""

    def __init__(self, path: str, handle: int) -> None:
        self.path = path
        self.handle = handle


class Unavailable(Exception):
    """This Python has its SQLite where it cannot be reached."""


class SqliteFiles:
    """The interposed VFS, in front of the one that every connection uses by default."""

    def __init__(self, listener: Listener, default: int) -> None:
        original = ctypes.cast(default, ctypes.POINTER(_Vfs)).contents
        self._listener = listener
        self._files: dict[int, OpenFile] = {}
        self._tables: dict[int, tuple[_Methods, list[Any]]] = {}
        self._open_original = _OPEN(original.open)
        self._open = _OPEN(self._opened)
        self.vfs = _Vfs.from_buffer_copy(original)
        self.vfs.name = b"gsmd-test"
        self.vfs.open = ctypes.cast(self._open, _VOID).value

    def _opened(self, vfs: int, name: int, handle: int, flags: int, told: int) -> int:
        result: int = self._open_original(vfs, name, handle, flags, told)
        file = ctypes.cast(handle, ctypes.POINTER(_File)).contents
        if result == OK and file.methods:
            path = ctypes.string_at(name).decode() if name else ""
            self._files[handle] = OpenFile(path, handle)
            file.methods = ctypes.pointer(self._table(file.methods))
        return result

    def _table(self, original: Any) -> _Methods:
        """Our version of a table of functions; SQLite has few of them."""
        address = ctypes.addressof(original.contents)
        if address not in self._tables:
            self._tables[address] = self._replaced(original.contents)
        return self._tables[address][0]

    def _replaced(self, original: _Methods) -> tuple[_Methods, list[Any]]:
        close, write = _CLOSE(original.close), _TRANSFER(original.write)
        truncate, sync = _TRUNCATE(original.truncate), _SYNC(original.sync)
        shm_map = _SHM_MAP(original.shm_map) if original.shm_map else None
        files, listener = self._files, self._listener

        def closed(handle: int) -> int:
            del files[handle]
            return int(close(handle))

        def written(handle: int, data: int, amount: int, offset: int) -> int:
            def proceed(content: bytes) -> int:
                return int(write(handle, content, len(content), offset))

            return listener.write(files[handle], ctypes.string_at(data, amount), offset, proceed)

        def truncated(handle: int, size: int) -> int:
            return listener.truncate(files[handle], size, lambda: int(truncate(handle, size)))

        def synced(handle: int, flags: int) -> int:
            return listener.sync(files[handle], lambda: int(sync(handle, flags)))

        def mapped(handle: int, region: int, size: int, extend: int, address: int) -> int:
            assert shm_map is not None

            def proceed() -> int:
                return int(shm_map(handle, region, size, extend, address))

            return listener.grow_index(files[handle], proceed) if extend else proceed()

        ours = _Methods.from_buffer_copy(original)
        made = {
            "close": _CLOSE(closed),
            "write": _TRANSFER(written),
            "truncate": _TRUNCATE(truncated),
            "sync": _SYNC(synced),
        }
        if shm_map is not None:
            made["shm_map"] = _SHM_MAP(mapped)
        for name, function in made.items():
            setattr(ours, name, ctypes.cast(function, _VOID).value)
        return ours, [*made.values(), close, write, truncate, sync, shm_map]


_KEPT: list[SqliteFiles] = []
"""SQLite keeps pointers into them for as long as the process lives."""


def install(listener: Listener) -> None:
    """Under every connection of this process that is opened from now on. Errors: `Unavailable`."""
    library = reachable()
    files = SqliteFiles(listener, library.sqlite3_vfs_find(None))
    _KEPT.append(files)
    if library.sqlite3_vfs_register(ctypes.byref(files.vfs), 1) != OK:
        raise Unavailable("SQLite does not take another VFS")


def reachable() -> ctypes.CDLL:
    """The very library that Python's module calls. Errors: `Unavailable`."""
    try:
        library = ctypes.CDLL(_sqlite3.__file__)  # symbols of what it is linked to are found too
        library.sqlite3_vfs_find.restype = _VOID
        library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
        library.sqlite3_vfs_register.argtypes = [_VOID, _INT]
    except (AttributeError, OSError) as error:
        raise Unavailable(f"SQLite's functions cannot be reached: {error}") from error
    return library
