"""Real ESMEs: each sends a long Unicode text with receipts and gets one, plain and under TLS. All of them: ``make esmes``.

Those that are Python packages are always here; the others where they are installed. The scripts are in ``esmes``.
"""

import asyncio
import json
import os
import signal
import sys
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
node_smpp = [
    pytest.mark.peer,
    needs("node", "openssl"),
    pytest.mark.skipif(not (MODULES / "smpp").exists(), reason="node-smpp: make esmes has it"),
]
perl = [pytest.mark.peer, needs("perl")]


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
        # a program's own threads may trip over its end; what it printed before that counts
        assert started.returncode in {0, -signal.SIGSEGV}, errors.decode()
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
async def test_smpplib_does_so_under_tls(tmp_path: Path) -> None:
    files = certificates(tmp_path)
    tls = {
        "listen": "127.0.0.1:0",
        "certificate": str(files.certificate),
        "key_file": str(files.key),
    }
    async with scene(tmp_path, tls=tls) as stage:
        await converse(
            stage,
            *python,
            str(ESMES / "smpplib_esme.py"),
            str(stage.tls_port),
            TEXT,
            "--ca",
            str(files.ca),
        )


@pytest.mark.parametrize("form", ["udh", "payload", "tls"])
@pytest.mark.parametrize("_", [pytest.param("", marks=node_smpp)], ids=["node-smpp"])
async def test_node_smpp_sends_and_gets_long_unicode_texts(
    tmp_path: Path, form: str, _: str
) -> None:
    files = certificates(tmp_path)
    tls = {
        "listen": "127.0.0.1:0",
        "certificate": str(files.certificate),
        "key_file": str(files.key),
    }
    async with scene(tmp_path, tls=tls) as stage:
        secure = form == "tls"
        port = stage.tls_port if secure else stage.port
        more = ("udh", str(files.ca)) if secure else (form,)
        script = str(ESMES / "node_esme.js")
        await converse(
            stage, tools.path("node"), script, str(port), TEXT, *more, NODE_PATH=str(MODULES)
        )


@pytest.mark.parametrize("_", [pytest.param("", marks=perl)], ids=["Net::SMPP"])
async def test_net_smpp_sends_and_gets_long_unicode_texts(tmp_path: Path, _: str) -> None:
    async with scene(tmp_path) as stage:
        script = str(ESMES / "netsmpp_esme.pl")
        await converse(stage, tools.path("perl"), script, str(stage.port), TEXT)
