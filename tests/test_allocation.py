"""All threads take memory from one place, so that what one has left another uses."""

import subprocess
import sys

_PROGRAM = """
import ctypes, threading
from gsmd import allocation

allocation.keep_little()
together = threading.Barrier(4)

def work():
    together.wait()
    many = [bytes(2000) for _ in range(2000)]
    together.wait()

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


def test_threads_have_no_pools_of_memory_of_their_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("<heap nr=") == 1
