"""TLS beside the plain port, with certificates of clients where they are asked for."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import ConfigError
from gsmd.gateways.gateway import Surroundings
from gsmd.gateways.smpp.gateway import SmppGateway
from gsmd.smpp import CommandStatus, pdus
from tests.gateways.smpp.certificates import Files, certificates
from tests.gateways.smpp.scene import PASSWORD, Esme, Scene, scene
from tests.rig import rig
from tests.tools import needs

pytestmark = needs("openssl")
S = CommandStatus


def section(files: Files, **more: Any) -> dict[str, Any]:
    return {
        "listen": "127.0.0.1:0",
        "certificate": str(files.certificate),
        "key_file": str(files.key),
        **more,
    }


def trusting(files: Files) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(files.ca))


async def test_a_bind_under_tls_is_like_any(tmp_path: Path) -> None:
    files = certificates(tmp_path)
    async with scene(tmp_path, tls=section(files)) as stage:
        esme = await Esme.connect(stage.tls_port, ssl=trusting(files), server_hostname="localhost")
        bind = pdus.BindTransceiver(system_id=b"crm", password=PASSWORD)
        assert (await esme.ask(bind)).status == S.ROK
        assert (await esme.submit()).status == S.ROK
        await esme.close()


async def test_where_certificates_of_clients_are_asked_for_nobody_comes_without(
    tmp_path: Path,
) -> None:
    files = certificates(tmp_path)
    tls = section(files, client_ca=str(files.ca))
    async with scene(tmp_path, tls=tls) as stage:
        bind = pdus.BindTransceiver(system_id=b"crm", password=PASSWORD)
        stranger = await Esme.connect(
            stage.tls_port, ssl=trusting(files), server_hostname="localhost"
        )
        with pytest.raises(ConnectionError):
            await stranger.ask(bind)
        await stranger.close()
        context = trusting(files)
        context.load_cert_chain(files.client_certificate, files.client_key)
        known = await Esme.connect(stage.tls_port, ssl=context, server_hostname="localhost")
        assert (await known.ask(bind)).status == S.ROK
        await known.close()


async def test_who_speaks_plainly_at_the_tls_port_or_says_nothing_there_gets_nothing(
    tmp_path: Path,
) -> None:
    files = certificates(tmp_path)
    async with scene(tmp_path, tls=section(files)) as stage:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.tls_port)
        writer.write(b"\0\0\0\x10\0\0\0\x15\0\0\0\0\0\0\0\1")
        async with asyncio.timeout(60):
            assert len(await reader.read()) <= 16  # an alert of TLS
        writer.close()


async def test_a_certificate_that_is_none_is_an_error_of_the_configuration(
    tmp_path: Path,
) -> None:
    files = certificates(tmp_path)
    async with rig(tmp_path) as built:
        stage = Scene(built, None)  # type: ignore[arg-type] # there is no daemon
        files.key.write_text("no key")
        with pytest.raises(ConfigError, match=r"smpp\.tls"):
            SmppGateway(
                stage.config(tls=section(files)),
                Surroundings(daemon=tmp_path, state_dir=tmp_path),
            )
