"""A campaign with two texts to a hundred thousand people, in a store with a million messages.

    python -m tests.benchmarks.bench_campaigns [--messages 1000000] [--people 100000]

The core in this process on a real store, without a modem. What was sent to the share, and who answered, is written into the
store as it would be there; the figures are those of the calls, over the socket, and of one look at the trial.
"""

import argparse
import asyncio
import resource
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from gsmd.api.server import Server
from gsmd.client import AsyncClient
from gsmd.config import Config, InboundConfig, ModemConfig, SocketConfig
from gsmd.core.app import App
from gsmd.features.campaigns import trial_table, trials
from gsmd.features.campaigns.hearing import Hearing
from gsmd.protocol.message import Message
from gsmd.store.engine.database import Database
from gsmd.store.ledger import Transaction
from tests.benchmarks.large_store import fill
from tests.benchmarks.on_disk import on_disk
from tests.core.fake_modem import FakeModem

AT_ONCE = 1000
VARIANTS = [{"name": "a", "text": "Roses for {peer}?"}, {"name": "b", "text": "Flowers?"}]


def told(name: str, value: str) -> None:
    print(f"{name:44} {value}", flush=True)


async def timed(name: str, work: Callable[[], Awaitable[Any]], times: int = 1) -> Any:
    """Do it, and say how long it took; of several the middle one, and the longest."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        result = await work()
        took.append((time.perf_counter() - start) * 1000)
    longest = f", at most {max(took):.1f} ms" if times > 1 else ""
    told(name, f"{statistics.median(took):.1f} ms{longest}")
    return result


def sent_to_the_share(connection: sqlite3.Connection, now: int) -> None:
    """Everybody of the share has one of the messages that are there, a tenth of them answered."""
    connection.execute(
        "CREATE TEMP TABLE outs AS SELECT id FROM message WHERE direction = 'outbound'"
    )
    connection.execute(
        "UPDATE campaign_recipient SET state = 'queued', answered = position % 10 = 0, out_at = ?,"
        " message = (SELECT id FROM outs WHERE outs.rowid = position + 1) WHERE variant >= 0",
        (now,),
    )
    connection.execute(
        "UPDATE campaign_variant SET sent = recipients, answered = recipients / 10 WHERE number >= 0"
    )


async def measure(directory: Path, size: int, people: int) -> None:
    path = directory / "gsmd.db"
    await (await Database.open(path)).close()
    fill(path, size)
    config = Config(
        state_dir=directory,
        socket=SocketConfig(path=directory / "s"),
        modems=(ModemConfig(name="north", port="/dev/null"),),
        inbound=InboundConfig(retention=None),
    )
    database = await Database.open(path)
    app = await App.open(config, database, None, FakeModem)  # type: ignore[arg-type] # it is what core uses of a Modem
    server = Server(app, config.socket)
    await server.start()
    numbers = [f"+3363{number:07}" for number in range(people)]
    async with AsyncClient(server.path, timeout=600) as client:
        for place in range(0, people, AT_ONCE):
            await client.lists.add("all", numbers[place : place + AT_ONCE])
        plan = {"list": "all", "variants": VARIANTS, "share": 0.4}
        await timed("a dry run", lambda: client.call("campaigns.create", **plan, dry_run=True))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = await timed("begun", lambda: client.call("campaigns.create", **plan))
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        told("memory for that, at the most", f"{more / 1024:.1f} MB")
        id_ = begun["id"]
        await database.write(lambda c: sent_to_the_share(c, app._ledger.timeline.now()))
        await timed("campaigns.results", lambda: client.call("campaigns.results", id=id_), 50)
        await timed("campaigns.get", lambda: client.call("campaigns.get", id=id_), 10)
        await timed("a look, nothing new", lambda: app._ledger.write(_look), 20)
        some = (await client.list(direction="outbound", limit=100)).messages
        await app._ledger.write(_heard(some))
        await database.write(lambda c: c.execute("UPDATE campaign_trial SET window = 1"))
        await timed("a look that counts them all, and decides", lambda: app._ledger.write(_look))
        found = await timed("campaigns.results", lambda: client.call("campaigns.results", id=id_))
    told("decided", str(found["decision"]))
    await server.close(grace=1)
    await app.close()


def _look(transaction: Transaction) -> None:
    for trial in trial_table.open_ones(transaction.connection):
        trials.look(transaction, trial)


def _heard(some: list[Message]) -> Callable[[Transaction], None]:
    hearing = Hearing()
    answers = [msgspec.structs.replace(each, in_reply_to=each.id) for each in some]

    def job(transaction: Transaction) -> None:
        start = time.perf_counter()
        for each in answers:
            hearing.heard(transaction, each, None)
        took = (time.perf_counter() - start) / len(some)
        told("what a message in costs while it runs", f"{took * 1e6:.0f} µs")

    return job


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    asked = parser.parse_args()
    with on_disk() as directory:
        asyncio.run(measure(directory, asked.messages, asked.people))


if __name__ == "__main__":
    main()
