"""Real ESMEs: each sends a long Unicode text with receipts and gets one, plain and under TLS. All of them: ``make esmes``.

Those that are Python packages are always here; the others where they are installed. The scripts are in ``esmes``.
"""

import asyncio
import json
import os
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests import tools
from tests.gateways.smpp.certificates import certificates
from tests.gateways.smpp.scene import PATIENCE, PHONE, Scene, scene
from tests.tools import needs

ESMES = Path(__file__).parent / "esmes"
MODULES = Path(os.environ.get("GSMD_ESMES", "build/esmes")).absolute() / "node_modules"
TEXT = (
    "Grüße, Привет, 世界 🎉: a long text that takes several messages, whatever it is coded in. " * 3
)
ANSWER = (
    "Réponse, ответ, 答え 🙂: and one that is just as long on the way back, for what it is worth. "
    * 3
)

python = [sys.executable]
BUILT = MODULES.parent
"""Where ``make esmes`` puts what is not among the packages of the tests: each in a Python of its own."""
node_smpp = [
    pytest.mark.peer,
    needs("node", "openssl"),
    pytest.mark.skipif(not (MODULES / "smpp").exists(), reason="node-smpp: make esmes has it"),
]
perl = [pytest.mark.peer, needs("perl", "openssl")]


async def converse(stage: Scene, *command: str, **environment: str) -> None:
    """Let an ESME do all that it does, with a phone at the other end."""
    phone = stage.rig.network.phone(PHONE)
    started = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    talking = asyncio.ensure_future(started.communicate())
    try:
        async with asyncio.timeout(PATIENCE):
            shown = asyncio.ensure_future(phone.expect(1, timeout=PATIENCE))
            await asyncio.wait({shown, talking}, return_when=asyncio.FIRST_COMPLETED)
            if talking.done():
                raise AssertionError((await talking)[1].decode())
            (got,) = await shown
            assert got.text == TEXT
            phone.send("+33600000001", ANSWER)
            output, errors = await talking
        assert started.returncode == 0, errors.decode()
        assert json.loads(output.splitlines()[-1]) == ANSWER
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()
        talking.cancel()


@pytest.mark.parametrize(
    "command",
    [
        ("smpplib_esme.py", "--form", "udh"),
        ("smpplib_esme.py", "--form", "payload"),
        ("aiosmpplib_esme.py",),
        ("smpp34_esme.py", "--form", "udh"),
        ("smpp34_esme.py", "--form", "sar"),
        ("smpp34_esme.py", "--form", "payload"),
    ],
    ids=" ".join,
)
async def test_a_python_esme_sends_and_gets_long_unicode_texts(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    script, *options = command
    async with scene(tmp_path) as stage:
        await converse(stage, *python, str(ESMES / script), str(stage.port), TEXT, *options)


@needs("openssl")
@pytest.mark.parametrize("name", ["smpplib", "smpp34"])
async def test_a_python_esme_does_so_under_tls(tmp_path: Path, name: str) -> None:
    tls, ca = tls_of(tmp_path)
    more = ("--tls",) if name == "smpp34" else ("--ca", str(ca))
    async with scene(tmp_path, tls=tls) as stage:
        await converse(
            stage,
            *python,
            str(ESMES / f"{name}_esme.py"),
            str(stage.tls_port),
            TEXT,
            *more,
            SSL_CERT_FILE=str(ca),
        )


all_of_them = pytest.mark.skipif(not BUILT.exists(), reason="make esmes has them all")


def own_python(name: str) -> list[pytest.MarkDecorator]:
    """Skip without the Python that ``make esmes`` makes for a package."""
    there = (BUILT / name / "bin" / "python").exists()
    reason = f"{name}: make esmes has it"
    return [pytest.mark.peer, needs("openssl"), pytest.mark.skipif(not there, reason=reason)]


def tls_of(directory: Path) -> tuple[dict[str, str], Path]:
    """The section ``tls``, and the CA."""
    files = certificates(directory)
    section = {
        "listen": "127.0.0.1:0",
        "certificate": str(files.certificate),
        "key_file": str(files.key),
    }
    return section, files.ca


@pytest.mark.parametrize(
    ("name", "form"),
    [
        pytest.param(name, form, marks=own_python(name))
        for name, form in (
            *(("rusmppyc", form) for form in ("udh", "payload", "tls")),
            *(("twisted", form) for form in ("udh", "sar", "tls")),
        )
    ],
)
async def test_one_with_a_python_of_its_own_sends_and_gets_long_unicode_texts(
    tmp_path: Path, name: str, form: str
) -> None:
    tls, ca = tls_of(tmp_path)
    async with scene(tmp_path, tls=tls) as stage:
        secure = form == "tls"
        await converse(
            stage,
            str(BUILT / name / "bin" / "python"),
            str(ESMES / f"{name}_esme.py"),
            str(stage.tls_port if secure else stage.port),
            TEXT,
            *(("--tls",) if secure else ("--form", form)),
            SSL_CERT_FILE=str(ca),
        )


@pytest.mark.peer
@needs("bearerbox", "smsbox", "openssl")
@pytest.mark.parametrize(
    "long",
    ["payload", *(pytest.param(each, marks=all_of_them) for each in ("udh", "sar", "tls"))],
)
async def test_kannel_sends_and_gets_long_unicode_texts(tmp_path: Path, long: str) -> None:
    tls, _ = tls_of(tmp_path)
    secure = long == "tls"
    async with scene(tmp_path, tls=tls, long="payload" if secure else long) as stage:
        await converse(
            stage,
            *python,
            str(ESMES / "kannel_esme.py"),
            str(stage.tls_port if secure else stage.port),
            TEXT,
            tools.path("bearerbox"),
            tools.path("smsbox"),
            *(("--tls",) if secure else ()),
        )


@pytest.mark.parametrize("form", ["udh", "payload", "tls"])
@pytest.mark.parametrize("_", [pytest.param("", marks=node_smpp)], ids=["node-smpp"])
async def test_node_smpp_sends_and_gets_long_unicode_texts(
    tmp_path: Path, form: str, _: str
) -> None:
    tls, ca = tls_of(tmp_path)
    async with scene(tmp_path, tls=tls) as stage:
        secure = form == "tls"
        port = stage.tls_port if secure else stage.port
        more = ("udh", str(ca)) if secure else (form,)
        script = str(ESMES / "node_esme.js")
        await converse(
            stage, tools.path("node"), script, str(port), TEXT, *more, NODE_PATH=str(MODULES)
        )


@pytest.mark.parametrize("_", [pytest.param("", marks=perl)], ids=["Net::SMPP"])
async def test_net_smpp_sends_and_gets_long_unicode_texts(tmp_path: Path, _: str) -> None:
    async with scene(tmp_path) as stage:
        script = str(ESMES / "netsmpp_esme.pl")
        await converse(stage, tools.path("perl"), script, str(stage.port), TEXT)


@pytest.mark.parametrize(
    ("language", "script"),
    [
        pytest.param("python", "aiosmpplib_esme.py", marks=needs("openssl")),
        pytest.param("perl", "netsmpp_esme.pl", marks=perl),
    ],
)
async def test_one_that_knows_no_tls_does_so_through_a_tunnel(
    tmp_path: Path, language: str, script: str
) -> None:
    tls, ca = tls_of(tmp_path)
    program = python if language == "python" else [tools.path(language)]
    async with scene(tmp_path, tls=tls) as stage, tunnel(stage.tls_port, ca) as port:
        await converse(stage, *program, str(ESMES / script), str(port), TEXT)


@asynccontextmanager
async def tunnel(tls_port: int, ca: Path) -> AsyncIterator[int]:
    """A plain port that leads into TLS, as stunnel and socat make one."""
    context = ssl.create_default_context(cafile=ca)

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = await asyncio.open_connection("localhost", tls_port, ssl=context)
        await asyncio.gather(copy(reader, far[1]), copy(far[0], writer))

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
