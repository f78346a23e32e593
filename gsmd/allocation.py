"""Memory that a long-lived process has used once goes back to the system.

glibc gives each thread a pool of its own, which hardly ever shrinks, and keeps what a large object took for the next one. That
is for speed where many threads allocate at the same time; here one works and others wait for a disk, and a mail of
800 kB would cost 10 MB for good.
"""

import os

# of mallopt(3): the values of malloc.h
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE = 1 << 19
"""Octets from which on memory is the system's own, and goes back at once: more than a read of a socket takes."""


def keep_little() -> None:
    """Call it before the first thread begins. Where the C library knows of no such thing, nothing happens."""
    if "MALLOC_ARENA_MAX" in os.environ:
        return  # somebody knows better
    try:
        import ctypes

        mallopt = ctypes.CDLL(None).mallopt
    except (ImportError, OSError, AttributeError, MemoryError):  # musl; no memory that can be run
        return
    for what, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _LARGE)):
        mallopt(what, value)
