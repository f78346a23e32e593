"""A day of gsmd's life that leaves something in every queue, and the database it leaves.

`python -m tests.store.schema.scene` freezes it as a database of the newest version, before the step
that makes it an old one. The databases of versions 1 to 6 come from this scene as well, played by gsmd as it was:
at 866f7c9 (without what two-way asks for, and on the bench of 07720d6), 145f40d, 4972604, 5d65367, c3d98a0 and 3d4706e.
"""

import asyncio
import gzip
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from gsmd.config import parse
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.handlers.base import Delivery, HandlerError
from gsmd.modem import SubmitUncertain
from gsmd.protocol.message import Reply, State
from gsmd.store.engine.migrations import SCHEMA, steps
from tests.clocks import HandClock
from tests.core.bench import LONG, Bench, Worker, deliver, status_report
from tests.core.fake_modem import refused

DATABASES = Path(__file__).with_name("databases")

ANNA, BEN, CARL, FRAIL = "+33612000001", "+33612000002", "+33612000003", "+33612000004"
STOPPED, JOINED, VOTED, STRANGER = "+33612000005", "+33612000006", "+33612000007", "+33612000008"
TOMORROW = datetime(2026, 1, 2, 12, tzinfo=UTC)

PLAIN = """
state_dir: {directory}
modems: [{{name: north, port: /dev/null}}]
inbound: {{retention: null, sweep_every: 1d}}
outbound: {{when_uncertain: hold, retry: {{first: 10s, max: 100s}}}}
handlers:
- {{name: crm, socket: true}}
- {{name: frail, socket: true, match: {{from: ["{frail}"]}}, retry: {{attempts: 1}}}}
"""
TWO_WAY = """
keywords: {table: [{word: JOIN, subscribe: news, reply: Welcome.}, {word: VOTE, poll: song}]}
polls: [{name: song, options: [{name: Anna}, {name: Ben}]}]
"""


def playing(directory: Path, *, twoway: bool = True) -> Bench:
    """The bench that the scene is played on, and on which what it left goes on."""
    text = PLAIN.format(directory=directory, frail=FRAIL) + (TWO_WAY if twoway else "")
    return Bench(directory, parse(text, "scene.yaml", HANDLER_KINDS), HandClock())


async def play(it: Bench, *, twoway: bool = True) -> None:
    """The scene; it ends with a crash."""
    await it.start()
    crm = await it.worker("crm")
    crm.answer = _answer
    await _come_in(it, crm)
    if twoway:
        it.modem.arrive(
            *deliver("STOP", STOPPED), *deliver("JOIN", JOINED), *deliver("VOTE 2", VOTED)
        )
        await it.until(lambda: len(it.modem.sent) == 4)  # each has its answer
    it.app.handlers.unsubscribe("crm", crm)
    await _pile_up(it)
    await _go_out(it)
    await it.crash()


def _answer(delivery: Delivery) -> Reply | None:
    return Reply("you are welcome") if delivery.message.text == "thanks" else None


async def _come_in(it: Bench, crm: Worker) -> None:
    """Something for each handler; what one gives up on; what is answered, and the answer arrives."""
    frail = await it.worker("frail")
    frail.answer = lambda _delivery: HandlerError("no")
    it.modem.arrive(*deliver("thanks", ANNA), *deliver("given up", FRAIL, at=1))
    await it.until(lambda: it.told("delivery.dead") and it.modem.sent and len(crm.got) == 2)
    await it.until(lambda: it.told("message.sent"))
    it.modem.arrive(status_report(1, ANNA))
    await it.until(lambda: it.told("message.delivered"))
    it.app.handlers.unsubscribe("frail", frail)


async def _pile_up(it: Bench) -> None:
    """What waits for a handler that is away, what lacks parts, what nobody understands."""
    for number, text in enumerate(("first", "second"), 2):
        it.modem.arrive(*deliver(text, BEN, at=number))
    it.modem.arrive(*deliver(LONG, CARL, at=4, reference=7, only=[1]))
    it.modem.arrive("00FFFF", status_report(99, STRANGER))
    await it.until(lambda: not it.modem.slots)


async def _go_out(it: Bench) -> None:
    """One message for each way that it can go, the last two behind one that is under way."""
    it.modem.script.append(refused(1))
    await it.reaches(await it.send("refused", CARL), State.FAILED)
    it.modem.script.append(SubmitUncertain("silence"))
    await it.reaches(await it.send("uncertain", CARL), State.UNCERTAIN)
    it.modem.script.append(refused(42))
    await it.send("deferred", CARL)
    await it.until(lambda: [each for each in it.told("message.queued") if "reason" in each.fields])
    await it.send("scheduled", ANNA, not_before=TOMORROW)
    it.modem.submitting.clear()
    it.modem.script.append(asyncio.Event())
    await it.send("under way", ANNA)
    await it.modem.submitting.wait()
    await it.send("one", BEN, key="order 1")
    await it.send("two", BEN)
    await it.settled()


def freeze(target: Path, *, twoway: bool = True) -> None:
    """Play the scene, and keep the database it left, packed."""
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(play(playing(Path(directory), twoway=twoway), twoway=twoway))
        target.write_bytes(gzip.compress((Path(directory) / "gsmd.db").read_bytes(), mtime=0))


def main() -> None:
    target = DATABASES / f"{len(steps(SCHEMA)):04}.db.gz"
    freeze(target)
    sys.stdout.write(f"{target}: {target.stat().st_size} octets\n")


if __name__ == "__main__":
    main()
