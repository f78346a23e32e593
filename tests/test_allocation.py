"""What was used once is used again, or goes back to the system."""

import subprocess
import sys

_PROGRAM = """
import re, sys, threading
from gsmd import allocation

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1])

if sys.argv[1] == "little":
    allocation.keep_little()
kept = []

def work():
    many = [bytes(2000) for _ in range(20_000)]
    kept.append(bytearray(5000))  # what stays is behind what goes

before = resident()
for _ in range(4):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
print(resident() - before)
"""


def grown(how: str) -> int:
    """KiB that four threads, each with 40 MB for a moment, leave behind."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, how], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_what_one_thread_has_left_the_next_one_uses() -> None:
    assert grown("little") < 0.75 * grown("usual")
