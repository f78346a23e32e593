"""Each family of modems × each fault: nothing is lost, nothing handed over twice, nothing sent twice
unless that could not be known.

A sample in which every family and every fault is; all of it, and more messages, with
``GSMD_WILD=<messages each way>`` (``make wild``).
"""

import os
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from gsmd.simulator import PROFILES
from tests.faults.modem import FAULTS

from .trial import Trial

MESSAGES = int(os.environ.get("GSMD_WILD", "0"))

OF_RECEPTION = (
    "late replies",
    "settings lost",
    "restarts",
    "notices that go elsewhere",
    "direct and stored",
    "acknowledges by itself",
    "acknowledgements that nobody hears",
    "acknowledgement refused",
    "brought twice",
)
"""Faults that strike what is handed over in another way than what is stored."""

Case = tuple[str, str, tuple[str, ...]]


def cases() -> Iterator[Case]:
    """Families and their faults: each fault on its own, or each family with some of the faults."""
    if MESSAGES:
        yield from product(PROFILES, ("storage", "direct"), ((fault,) for fault in FAULTS))
        return
    for place, profile in enumerate(PROFILES):
        yield profile, "storage", tuple(FAULTS)[place :: len(PROFILES)]
    for profile, faults in zip(
        ("generic", "huawei", "ec25"), batched(OF_RECEPTION, 3), strict=True
    ):
        yield profile, "direct", faults


def batched(names: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    for at in range(0, len(names), size):
        yield names[at : at + size]


def named(case: Case) -> str:
    profile, reception, faults = case
    return "-".join((profile, reception, *(faults if MESSAGES else ())))


@pytest.mark.parametrize("case", list(cases()), ids=named)
async def test_no_message_is_lost_or_doubled(
    tmp_path: Path, case: Case, record_property: Callable[[str, object], None]
) -> None:
    profile, reception, faults = case
    trial = Trial(tmp_path, profile, {name: FAULTS[name] for name in faults}, reception)
    await trial.run(MESSAGES or 4)
    for name, seconds in trial.recoveries.items():
        what = name if reception == "storage" else f"{name}, {reception}"
        record_property("recovery", (profile, what, seconds))
