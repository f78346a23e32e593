"""Figures for Prometheus, over HTTP and in a file."""

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.rig import PATIENCE, rig
from tests.service.daemon import running

PHONE = "+33612345678"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number: int = server.getsockname()[1]
        return number


class Scrape:
    """The figures of one moment."""

    def __init__(self, text: str) -> None:
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples = {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in self.families.values()
            for sample in family.samples
        }

    def __getitem__(self, key: str | tuple[str, ...]) -> float:
        name, *labels = (key,) if isinstance(key, str) else key
        return self.samples[(name, *sorted(labels))]


async def scrape(port: int) -> Scrape:
    def get() -> str:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
            text: str = answer.read().decode()
            return text

    return Scrape(await asyncio.to_thread(get))


async def test_everything_that_happens_is_counted(tmp_path: Path, port: int) -> None:
    settings = {
        "metrics": {"listen": f"127.0.0.1:{port}"},
        "outbound": {"report": True},
        "handlers": [{"name": "crm", "socket": True}],
    }
    async with rig(tmp_path) as it, it.running(**settings) as client:
        await it.ready(client)
        phone = it.network.phone(PHONE)
        async with client.events("message.received") as events:
            phone.send(it.sim.number, "waits")
            async with asyncio.timeout(PATIENCE):
                await anext(aiter(events))
        message = await client.send(PHONE, "hello")
        await client.wait(message.id, "delivered", PATIENCE)
        await client.send(PHONE, "later", not_before="2100-01-01T00:00:00Z")
        it_is = await scrape(port)

    assert it_is["gsmd_messages_total", "inbound", "received"] == 1
    assert it_is["gsmd_messages_total", "outbound", "sent"] == 1
    assert it_is["gsmd_messages_total", "outbound", "failed"] == 0
    assert it_is["gsmd_outbound_queue", "queued"] == 0
    assert it_is["gsmd_outbound_queue", "scheduled"] == 1
    assert it_is["gsmd_outbound_oldest_seconds"] == 0
    assert it_is["gsmd_handler_pending", "crm"] == 1
    assert it_is["gsmd_handler_connected", "crm"] == 0
    assert it_is["gsmd_handler_oldest_seconds", "crm"] > 0
    assert it_is["gsmd_delivery_seconds_count"] == 1
    assert it_is["gsmd_delivery_seconds_bucket", "+Inf"] == 1
    assert it_is["gsmd_modem_state", "north", "ready"] == 1
    assert it_is["gsmd_modem_state", "north", "absent"] == 0
    assert it_is["gsmd_modem_events_total", "north", "sent"] == 1
    assert it_is["gsmd_sim_slots", "north"] == 30
    assert it_is["gsmd_store_commits_total"] > 0
    assert it_is["gsmd_store_free_bytes"] > 0


async def test_carriers_are_told_of_too(tmp_path: Path, port: int) -> None:
    settings = {
        "metrics": {"listen": f"127.0.0.1:{port}"},
        "carriers": ["sky", "sea"],
        "routes": [{"to": "*", "modems": ["sky"]}],
    }
    async with (
        rig(tmp_path, modems=()) as it,
        it.running(**settings) as client,
        client.carry("sky") as stream,
    ):
        message = await client.send(PHONE, "hello")
        await (await stream.receive()).sent("r1")
        await client.wait(message.id, "sent", PATIENCE)
        it_is = await scrape(port)
    assert it_is["gsmd_carrier_attached", "sky"] == 1
    assert it_is["gsmd_carrier_attached", "sea"] == 0
    assert it_is["gsmd_carrier_messages_total", "sky", "sent"] == 1


async def test_what_waits_for_a_modem_has_an_age(tmp_path: Path, port: int) -> None:
    settings = {
        "metrics": {"listen": f"127.0.0.1:{port}"},
        "modems": [{"name": "gone", "port": "/dev/none"}],
    }
    async with rig(tmp_path) as it, it.running(**settings) as client:
        await client.send(PHONE, "hello")
        it_is = await scrape(port)
    assert it_is["gsmd_outbound_queue", "queued"] == 1
    assert it_is["gsmd_outbound_oldest_seconds"] > 0


async def test_a_file_for_the_node_exporter_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "gsmd.prom"
    async with rig(tmp_path) as it, it.running(metrics={"textfile": str(file), "every": 0.05}):
        async with asyncio.timeout(PATIENCE):
            while not file.exists():
                await asyncio.sleep(0.01)
        assert Scrape(file.read_text())["gsmd_modem_state", "north", "stopped"] in {0, 1}
    assert not list(tmp_path.glob("gsmd.prom.*"))


async def test_nobody_is_told_without_being_asked(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, running(it) as (daemon, _):
        process = Path(f"/proc/{daemon.process.pid}")
        sockets = {str(fd.readlink()) for fd in (process / "fd").iterdir()}
        listening = [line.split() for line in (process / "net/tcp").read_text().splitlines()[1:]]
        assert not {f"socket:[{fields[9]}]" for fields in listening} & sockets


def test_every_alert_says_what_is_wrong_and_the_dashboard_can_be_read() -> None:
    (group,) = yaml.safe_load((ROOT / "docs/alerts/gsmd.yaml").read_text())["groups"]
    for rule in group["rules"]:
        assert rule["expr"]
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in {"warning", "critical"}
    dashboard = json.loads((ROOT / "docs/grafana/gsmd.json").read_text())
    assert all(panel["targets"] for panel in dashboard["panels"])


def names_in(text: str) -> Iterator[str]:
    yield from re.findall(r"\bgsmd_[a-z_]+", text)


async def test_the_dashboard_and_the_alerts_use_names_that_exist(tmp_path: Path, port: int) -> None:
    async with (
        rig(tmp_path) as it,
        it.running(metrics={"listen": f"127.0.0.1:{port}"}, carriers=["sky"]) as client,
    ):
        await it.ready(client)
        it_is = await scrape(port)
    known = {name for name, *_ in it_is.samples} | set(it_is.families)
    files = [ROOT / "docs/grafana/gsmd.json", ROOT / "docs/alerts/gsmd.yaml", ROOT / "docs/operations.md"]  # fmt: skip
    for file in files:
        used = set(names_in(file.read_text()))
        assert used, file
        assert used <= known, file
