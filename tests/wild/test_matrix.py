"""Each family of modems × each fault: nothing is lost, nothing handed over twice, nothing sent twice
unless that could not be known.

A sample in which every family and every fault is; all of it, and more messages, with
``GSMD_WILD=<messages each way>`` (``make wild``).
"""

import os
from collections.abc import Callable
from itertools import cycle, product
from pathlib import Path

import pytest

from gsmd.simulator import PROFILES

from .faults import FAULTS
from .trial import Trial

MESSAGES = int(os.environ.get("GSMD_WILD", "0"))
SAMPLE = list(zip(cycle(PROFILES), FAULTS, strict=False))


@pytest.mark.parametrize(
    ("profile", "fault"), list(product(PROFILES, FAULTS)) if MESSAGES else SAMPLE
)
async def test_no_message_is_lost_or_doubled(
    tmp_path: Path,
    profile: str,
    fault: str,
    record_property: Callable[[str, object], None],
) -> None:
    trial = Trial(tmp_path, profile, FAULTS[fault])
    await trial.run(MESSAGES or 3)
    record_property("recovery", (profile, fault, trial.recovery))
