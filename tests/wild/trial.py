"""Messages both ways while a fault strikes and ends; the network and the handler are the judges."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gsmd.client import AsyncClient, TimedOut
from gsmd.protocol.message import Message, State
from gsmd.simulator import PROFILES, Network, PtyModem, Sim, SimulatedModem
from tests.faults.judge import Sent, not_once, sent_in_silence, submitted
from tests.faults.modem import ModemFault
from tests.rig import Rig

from .patience import PATIENCE, quick_modem

NUMBER, PHONE, HANDLER = "+33600000001", "+33612345678", "judge"
RETRY = {"first": 0.1, "max": 0.5}
_OUT = frozenset({State.SENT, State.DELIVERED})


@dataclass
class Trial:
    """One modem of a family, the daemon on it, and what went through. Use `run`.

    ``faults`` by name, one after the other. ``recoveries``: seconds from the end of each, or from
    its beginning if it ends by itself, until everything of its time was through.
    """

    directory: Path
    profile: str
    faults: Mapping[str, ModemFault]
    reception: str = "storage"
    recoveries: dict[str, float] = field(default_factory=dict)
    handled: Counter[str] = field(default_factory=Counter)
    sent: list[str] = field(default_factory=list)

    async def run(self, messages: int) -> None:
        """``messages`` in and as many out for each fault: a third before, during and after it."""
        self.network = Network()
        self.network.faults.retry_after = 0.2
        family = replace(PROFILES[self.profile], acknowledge_time=0.5)
        modem = SimulatedModem(Sim(NUMBER), self.network, family)
        async with PtyModem(modem, link=self.directory / "modem") as line:
            rig = Rig(self.directory, self.network, build_modem=quick_modem)
            async with rig.running(**self._configuration()) as client:
                await ready(client, "north")
                handler = asyncio.create_task(self._handle(client))
                power = asyncio.create_task(self._cut_power(line))
                try:
                    for name in self.faults:
                        async with asyncio.timeout(PATIENCE):
                            await self._strike(name, client, line, messages)
                    async with asyncio.timeout(PATIENCE):
                        await self._settled(client, modem)
                finally:
                    for task in (handler, power):
                        task.cancel()
                    await asyncio.gather(handler, power, return_exceptions=True)

    async def _strike(self, name: str, client: AsyncClient, line: PtyModem, messages: int) -> None:
        fault = self.faults[name]
        before, during, after = _thirds(messages)
        await self._traffic(client, f"before {name}", before)
        await self._through(client)
        await self._traffic(client, f"just before {name}", during // 2)
        began = time.perf_counter()
        fault.strike(line)
        await self._traffic(client, f"during {name}", during - during // 2)
        if fault.lasts is not None:
            await asyncio.sleep(fault.lasts)
            began = time.perf_counter()
            fault.relieve(line)
        await self._through(client)
        self.recoveries[name] = time.perf_counter() - began
        if fault.lasts is None:
            fault.relieve(line)
        await self._traffic(client, f"after {name}", after)
        await self._through(client)

    def _configuration(self) -> dict[str, Any]:
        reset = ["/bin/sh", "-c", f"touch {self.directory}/power"]
        modem = {
            "name": "north",
            "port": str(self.directory / "modem"),
            "submit_timeout": 0.5,
            "probe_every": 0.6,
            "reception": self.reception,
            "hang_up": True,
            "reset_command": reset,
        }
        return {
            "modems": [modem],
            "handlers": [{"name": HANDLER, "socket": True}],
            "inbound": {"sweep_every": 0.5},
            "outbound": {"report": True, "retry": RETRY},
        }

    async def _cut_power(self, line: PtyModem) -> None:
        """What the reset command is for: off and on."""
        signal = self.directory / "power"
        while True:
            if signal.exists():
                signal.unlink()
                line.modem.reboot()
            await asyncio.sleep(0.05)

    async def _handle(self, client: AsyncClient) -> None:
        async with client.listen(HANDLER, max_in_flight=8) as inbox:
            async for message in inbox:
                self.handled[message.text or "no text"] += 1

    async def _traffic(self, client: AsyncClient, when: str, count: int) -> None:
        """That many messages each way, without waiting for what becomes of them."""
        for number in range(count):
            text = f"{when} {number}"
            if number % 3 == 0 and not when.startswith("before"):
                text = "; ".join([text] * 13)  # of two parts or more
            self.network.phone(PHONE).send(NUMBER, text)
            await client.send(PHONE, text)
            self.sent.append(text)

    async def _through(self, client: AsyncClient) -> None:
        """Wait until everything so far has come in and gone out."""
        async with client.events("message.") as events:
            while not await self._all_done(client):
                try:
                    await events.receive(0.5)  # whatever happened: it is counted anew
                except TimedOut:
                    continue

    async def _all_done(self, client: AsyncClient) -> bool:
        if len(self.handled) < len(self.sent):
            return False
        inbound, outbound = await listed(client, "inbound"), await listed(client, "outbound")
        return all(each.state is State.HANDLED for each in inbound) and all(
            each.state in _OUT for each in outbound
        )

    async def _settled(self, client: AsyncClient, modem: SimulatedModem) -> None:
        """Wait until the SIM is empty, and judge."""
        assert modem.sim is not None
        memories = (modem.sim.messages, modem.equipment_memory, modem.report_memory)
        while any(memory.used for memory in memories):
            await asyncio.sleep(0.05)
        inbound, outbound = await listed(client, "inbound"), await listed(client, "outbound")
        came = {each.text for each in self.network.phone(PHONE).received}
        assert [
            *not_once("at the handler", self.sent, self.handled.elements()),
            *not_once("in the store", self.sent, [each.text for each in inbound]),
            *not_once("at the phone", self.sent, came),
            *sent_in_silence(submitted(self.network), [Sent.of(each) for each in outbound]),
        ] == []


async def ready(client: AsyncClient, name: str) -> None:
    """Wait until that modem can send."""
    async with client.events("modem.state") as events:
        while (await client.modem(name)).state != "ready":
            await events.receive(PATIENCE)


async def listed(client: AsyncClient, direction: str) -> list[Message]:
    """All messages that way."""
    return (await client.list(direction=direction, limit=1000)).messages


def _thirds(count: int) -> tuple[int, int, int]:
    first = count // 3
    return first, count - 2 * first, first
