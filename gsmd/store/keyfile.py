"""A key in a file of its own: who has the database alone can try no guesses at what it has hashes of."""

import os
import secrets
from pathlib import Path

_OCTETS = 32


def read_key(path: Path) -> bytes:
    """The key in the file; a new one the first time. Only the daemon can read it. Errors: OSError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) >= _OCTETS:
            return key
        path.unlink()  # the daemon was ended while it wrote it
        return read_key(path)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key := secrets.token_bytes(_OCTETS))
        file.flush()
        os.fsync(file.fileno())
    return key
