"""Modems and phones, a broker, an engine, a mail server, and gsmd among them: the daemon and its gateways as processes."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from gsmd.client import AsyncClient, GsmdError
from gsmd.simulator import PROFILES, Network, PtyModem, Sim, SimulatedModem
from tests.gateways.fleet.engine import Engine, engine, free_port
from tests.gateways.mail.scene import OPS, Smarthost
from tests.gateways.mqtt.mosquitto import Mosquitto, mosquitto
from tests.gateways.smpp.scene import PASSWORD

ROOT = Path(__file__).resolve().parents[2]

MODEMS = {
    "north": "generic",
    "south": "huawei",
    "east": "zte",
    "west": "sim7600",
    "hill": "ec25",
    "lake": "ublox",
    "wood": "telit",
    "mill": "cinterion",
}
"""Eight, each of another family."""

PHONES = tuple(f"+336110000{number:02}" for number in range(40))

GATEWAYS = ("web", "smpp", "mqtt", "mail", "fleet")

PATIENCE = 120.0


class World:
    """``processes`` by name: ``daemon``, and ``gateways`` or each of them."""

    def __init__(self, directory: Path, *, apart: bool) -> None:
        self.directory = directory
        self.apart = apart
        self.network = Network()
        self.lines: dict[str, PtyModem] = {}
        self.ports = {name: free_port() for name in ("web", "smpp", "mail")}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.smarthost = Smarthost()
        self.broker: Mosquitto
        self.engine: Engine
        self.client: AsyncClient
        self.http: aiohttp.ClientSession
        self.token = ""

    @property
    def socket(self) -> Path:
        return self.directory / "gsmd.sock"

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.ports['web']}/api/v1"

    @property
    def configuration(self) -> Path:
        return self.directory / "gsmd.yaml"

    def log_of(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def numbers(self) -> list[str]:
        """Those of the SIMs."""
        return [f"+3360000000{position}" for position in range(1, len(MODEMS) + 1)]

    def number_of(self, modem: str) -> str:
        """That of the SIM in it."""
        return self.numbers()[[*MODEMS].index(modem)]

    # -- what gsmd is told --------------------------------------------------------------------

    def configure(self) -> None:
        def state(name: str) -> str:
            return str(self.directory / name)

        def match(name: str) -> dict[str, Any]:
            return {"keyword": name.upper()}

        password = self.directory / "crm.pass"
        password.write_bytes(PASSWORD + b"\n")
        account = {"system_id": "crm", "password_file": str(password), "match": match("smpp")}
        whole = {
            "state_dir": state("state"),
            "socket": {"path": str(self.socket)},
            "modems": [{"name": name, "port": str(self.directory / name)} for name in self.lines],
            "outbound": {"report": True, "country": "FR"},
            "handlers": [
                {"name": name, "socket": True, "match": match(name)} for name in ("socket", "rest")
            ],
            "web": {
                "listen": f"127.0.0.1:{self.ports['web']}",
                "state_dir": state("web"),
                "rate": {"per_address": None},
            },
            "smpp": {
                "listen": f"127.0.0.1:{self.ports['smpp']}",
                "state_dir": state("smpp"),
                "accounts": [account],
            },
            "mqtt": {
                "broker": f"mqtt://127.0.0.1:{self.broker.port}",
                "state_dir": state("mqtt"),
                "match": match("mqtt"),
                "keep_alive": 10,
            },
            "mail": {
                "listen": f"127.0.0.1:{self.ports['mail']}",
                "state_dir": state("mail"),
                "from": ["*@example.org"],
                "smarthost": f"smtp://127.0.0.1:{self.smarthost.port}",
                "forward": [{"match": match("mail"), "to": [OPS]}],
            },
            "fleet": {
                "servers": [self.engine.url],
                "box": "north-1",
                "replicas": 1,
                "state_dir": state("fleet"),
            },
        }
        self.configuration.write_text(yaml.safe_dump(whole))

    # -- processes ----------------------------------------------------------------------------

    def start(self, name: str, *words: str) -> None:
        """A process of gsmd's, its log in a file."""
        command = [sys.executable, "-m", "gsmd", *words, "-c", str(self.configuration)]
        with self.log_of(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def stop(self) -> None:
        """All of them, in good order, the gateways first."""
        for process in reversed([*self.processes.values()]):
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def dead(self) -> list[str]:
        """Processes that should be alive."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    async def at_work(self) -> None:
        """Until every modem can send and every gateway has taken its place at the daemon."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    ready = all(each.state == "ready" for each in await self.client.modems())
                    names = {each.name for each in await self.client.handlers()}
                except GsmdError:
                    ready, names = False, set()
                if ready and {"crm", "mqtt", "mail-1", "fleet"} <= names and await self._web():
                    return
                assert not self.dead(), self.dead()
                await asyncio.sleep(0.5)

    async def _web(self) -> bool:
        try:
            async with self.http.get(self.web + "/health/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def run(self, *words: str) -> str:
        """A command of gsmd's; what it prints."""
        command = [sys.executable, "-m", "gsmd", *words, "-c", str(self.configuration)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.strip()


@asynccontextmanager
async def world(directory: Path, *, apart: bool) -> AsyncIterator[World]:
    """All of it at work. ``apart``: each gateway in a process of its own."""
    found = World(directory, apart=apart)
    async with AsyncExitStack() as stack:
        for position, (name, family) in enumerate(MODEMS.items(), 1):
            card = Sim(
                number=f"+3360000000{position}",
                imsi=f"00101000000000{position}",
                iccid=f"890010100000000001{position}",
            )
            imei = f"49015420323751{position}"
            modem = SimulatedModem(card, found.network, PROFILES[family], imei=imei)
            line = PtyModem(modem, link=directory / name)
            found.lines[name] = await stack.enter_async_context(line)
        told = ("allow_anonymous true", f"log_dest file {directory}/mosquitto.log")
        found.broker = await stack.enter_async_context(mosquitto(directory, *told))
        found.engine = await stack.enter_async_context(engine(directory))
        await found.smarthost.start()
        stack.push_async_callback(found.smarthost.stop)
        found.http = await stack.enter_async_context(aiohttp.ClientSession())
        found.client = await stack.enter_async_context(AsyncClient(found.socket))
        found.configure()
        stack.callback(found.stop)
        found.start("daemon", "run")
        for name in GATEWAYS if apart else ("gateways",):
            found.start(name, name)
        os.environ.pop("GSMD_SOCKET", None)
        await found.at_work()
        found.token = await asyncio.to_thread(found.run, "web", "token", "soak")
        yield found
