"""A survey of five questions to many phones: ``python -m tests.benchmarks.bench_forms [--phones 1000] [--modems 4] [--seconds 0.5]``.

`gsmd run` as a process of its own, on simulated modems whose network takes so many seconds for each SMS. All phones are
asked at once, and each answers what it is asked at once. Printed are how long it took until the last entry was finished,
beside what the modems alone would take, and the daemon's memory: after the first tenth of the entries, and at the most.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from gsmd.client import AsyncClient
from gsmd.simulator.phone import Phone, PhoneMessage
from tests.benchmarks.bench_fleet import plugged
from tests.benchmarks.bench_latency import resident

ANSWERS = {"1?": "4", "2?": "yes", "3?": "tea", "4?": "24.12.", "5?": "all was well"}
QUESTIONS = [
    {"name": "stars", "ask": "1?", "type": "number", "min": 1, "max": 5},
    {"name": "again", "ask": "2?", "type": "yes_no"},
    {"name": "drink", "ask": "3?", "type": "choice", "options": ["tea", "coffee"]},
    {"name": "day", "ask": "4?", "type": "date"},
    {"name": "more", "ask": "5?"},
]
PLENTY = 1_000_000


def configuration(directory: Path, modems: int) -> str:
    limits = dict.fromkeys(("per_hour", "per_day", "total_per_hour", "total_per_day"), PLENTY)
    return json.dumps(
        {
            "state_dir": str(directory / "state"),
            "socket": {"path": str(directory / "gsmd.sock")},
            "modems": [
                {"name": f"m{number}", "port": str(directory / f"m{number}")}
                for number in range(modems)
            ],
            "forms": [{"name": "survey", "questions": QUESTIONS, "expires": "7d"}],
            "guard": limits,
            "log": {"level": "warning"},
        }
    )


def answer(phone: Phone, asked: Counter[str], message: PhoneMessage) -> None:
    """What a person says, once for each question."""
    text = message.text or ""
    asked[text] += 1
    if text in ANSWERS:
        phone.send(message.originator, ANSWERS[text])


async def survey(client: AsyncClient, pid: int, phones: int) -> tuple[float, float]:
    """Until all have answered: the daemon's memory (MB) after a tenth, and at the most."""
    for number in range(phones):
        await client.forms.start("survey", f"+337{number:08}", key=str(number))
    early = most = 0.0
    while (done := (await client.forms.get("survey")).counts["finished"]) < phones:
        most = max(most, resident(pid))
        if not early and done >= phones / 10:
            early = resident(pid)
        await asyncio.sleep(1)
    return early or most, most


async def run(phones: int, modems: int, seconds: float) -> int:
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gsmd-forms-")))
        network, _ = await plugged(stack, directory, modems)
        network.faults.answer_delay = seconds
        asked: Counter[str] = Counter()
        for number in range(phones):
            phone = network.phone(f"+337{number:08}")
            phone.listeners.append(partial(answer, phone, asked))
        path = directory / "gsmd.yaml"  # JSON is YAML
        path.write_text(configuration(directory, modems))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gsmd", "run", "-c", str(path)
        )
        while not (directory / "gsmd.sock").exists():
            await asyncio.sleep(0.1)
        async with AsyncClient(directory / "gsmd.sock") as client:
            began = time.perf_counter()
            early, most = await survey(client, process.pid, phones)
            took = time.perf_counter() - began
            figures = {
                each.name: each.answered for each in (await client.forms.get("survey")).questions
            }
        process.terminate()
        await process.wait()
    ideal = phones * (len(QUESTIONS) + 1) * seconds / modems  # the thanks are one more
    print(
        f"{phones} phones, {modems} modems, {seconds} s an SMS: {took:.0f} s, the modems alone {ideal:.0f} s"
    )
    print(f"memory: {early:.1f} MB after a tenth of them, {most:.1f} MB at the most")
    print(f"answered: {figures}; questions that phones got: {dict(asked)}")
    return 0 if set(figures.values()) == {phones} else 1


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--phones", type=int, default=1000)
    parser.add_argument("--modems", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=0.5)
    given = parser.parse_args()
    return asyncio.run(run(given.phones, given.modems, given.seconds))


if __name__ == "__main__":
    sys.exit(main())
