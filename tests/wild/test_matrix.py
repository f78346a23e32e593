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

Case = tuple[str, tuple[str, ...]]


def cases() -> Iterator[Case]:
    """Families and their faults: each fault on its own, or each family with some of the faults."""
    if MESSAGES:
        yield from product(PROFILES, ((fault,) for fault in FAULTS))
        return
    for place, profile in enumerate(PROFILES):
        yield profile, tuple(FAULTS)[place :: len(PROFILES)]


def named(case: Case) -> str:
    return "-".join((case[0], *(case[1] if MESSAGES else ())))


@pytest.mark.parametrize("case", list(cases()), ids=named)
async def test_no_message_is_lost_or_doubled(
    tmp_path: Path, case: Case, record_property: Callable[[str, object], None]
) -> None:
    profile, faults = case
    trial = Trial(tmp_path, profile, {name: FAULTS[name] for name in faults})
    await trial.run(MESSAGES or 4)
    for name, seconds in trial.recoveries.items():
        record_property("recovery", (profile, name, seconds))
