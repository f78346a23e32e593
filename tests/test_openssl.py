"""OpenSSL waits until somebody talks TLS; until then nobody notices."""

import hashlib
import hmac
import subprocess
import sys

_WITHOUT = """
from gsmd import openssl
openssl.put_off()
import asyncio, hashlib, hmac, sys
"""


def _runs(code: str) -> str:
    """What a Python of its own prints, in which OpenSSL was put off before anything else."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT + code], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_neither_asyncio_nor_hashlib_loads_it() -> None:
    assert _runs("print({'_ssl', '_hashlib'} & {*sys.modules})") == "set()\n"


def test_digests_are_the_same_without_it() -> None:
    printed = _runs(
        "print(hashlib.sha256(b'text').hexdigest(), hmac.new(b'key', b'text', 'sha256').hexdigest())"
    )
    expected = [
        hashlib.sha256(b"text").hexdigest(),
        hmac.new(b"key", b"text", "sha256").hexdigest(),
    ]
    assert printed.split() == expected


def test_an_ordinary_connection_does_not_bring_it_in() -> None:
    printed = _runs("""
async def main():
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    print(await reader.read(), "_ssl" in sys.modules)
    writer.close()
    server.close()

asyncio.run(main())
""")
    assert printed == "b'' False\n"


def test_it_can_be_named_in_annotations_without_being_loaded() -> None:
    printed = _runs("""
import ssl
with openssl.named():
    def encrypt(context: ssl.SSLContext | None) -> None: ...
print("_ssl" in sys.modules)
print(isinstance(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext), "_ssl" in sys.modules)
""")
    assert printed.splitlines() == ["False", "True True"]


def test_whoever_talks_tls_finds_it() -> None:
    printed = _runs("""
import ssl

async def main():
    async def answer(_, writer):
        writer.write(b"no TLS is spoken here")
        writer.close()
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    try:
        await asyncio.open_connection(*address, ssl=ssl.create_default_context())
    except ssl.SSLError as error:
        print(error.reason)
    # and who does not, still can
    reader, writer = await asyncio.open_connection(*address)
    print(await reader.read())
    writer.close()
    server.close()

asyncio.run(main())
""")
    assert printed.splitlines() == ["WRONG_VERSION_NUMBER", "b'no TLS is spoken here'"]
