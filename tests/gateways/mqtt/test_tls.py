"""mqtts: mosquitto with a certificate of an authority of ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gsmd.gateways.mqtt.gateway import MqttGateway
from tests.gateways.mqtt.mosquitto import PATIENCE, Program, mosquitto
from tests.gateways.mqtt.scene import ANNA, Scene
from tests.gateways.smpp.certificates import Files, certificates
from tests.rig import rig
from tests.tools import needs

pytestmark = needs("mosquitto", "openssl")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return certificates(tmp_path_factory.mktemp("certificates"))


@asynccontextmanager
async def stage(directory: Path, files: Files, *more: str) -> AsyncIterator[Scene]:
    """A daemon, and a broker behind TLS."""
    certificate = (f"cafile {files.ca}", f"certfile {files.certificate}", f"keyfile {files.key}")
    settings = ("allow_anonymous true", *certificate, *more)
    async with rig(directory) as built, mosquitto(directory, *settings) as broker:
        it = Scene(built, broker)
        await it.daemon_starts()
        yield it
        await it.daemon_stops()


def over_tls(it: Scene, **more: Any) -> dict[str, Any]:
    return {"broker": f"mqtts://localhost:{it.broker.port}", **more}


async def test_messages_go_both_ways_over_tls(tmp_path: Path, files: Files) -> None:
    async with stage(tmp_path, files) as it:
        program = Program(it.broker.port, ("gsmd/#",), "program", ca=str(files.ca))
        try:
            await program.subscribed()
            async with it.at_work(**over_tls(it, ca=str(files.ca))):
                await program.until("gsmd/north/availability", lambda h: h.payload == b"online")
                await it.comes("hello")
                await program.until("gsmd/north/received", lambda h: h.json["text"] == "hello")
                program.publish("gsmd/send", {"to": ANNA, "text": "good bye"})
                await program.until("gsmd/sent", lambda h: h.json["state"] == "sent")
                assert [sms.text for sms in it.phone().received] == ["good bye"]
                it.broker.stop()
                await it.broker.start()
                await it.comes("still there?")
                await program.until(
                    "gsmd/north/received", lambda h: h.json["text"] == "still there?"
                )
        finally:
            program.close()


async def test_a_broker_whose_certificate_nobody_vouches_for_is_told_nothing(
    tmp_path: Path, files: Files
) -> None:
    async with stage(tmp_path, files) as it, it.at_work(**over_tls(it)) as gateway:
        await until_refused(gateway)
        assert "certificate" in gateway.status()


async def until_refused(gateway: MqttGateway) -> None:
    async with asyncio.timeout(PATIENCE):
        while "not connected yet" in gateway.status():
            await asyncio.sleep(0.02)
