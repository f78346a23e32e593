"""Polls from the command line."""

import re
from pathlib import Path

from tests.features.scenes import PHONE, asked, gsmd, scene


async def test_a_poll_is_created_shown_with_bars_closed_and_drawn(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, _, phone):
        created = await gsmd(
            it, "poll", "create", "lunch", "Pizza=P", "Salad", "--reply", "{option}!"
        )
        answer = await asked(it, phone, "p")
        shown = await gsmd(it, "poll", "show", "lunch")
        listed = await gsmd(it, "poll")
        early = await gsmd(it, "poll", "draw", "lunch")
        await gsmd(it, "poll", "close", "lunch")
        exported = await gsmd(it, "poll", "export", "lunch")
        drawn = await gsmd(it, "poll", "draw", "lunch")

    assert created.err.startswith("lunch is open. A later draw is bound to ")
    assert answer == "Pizza!"
    assert re.fullmatch(r"Pizza █+ 1 100%", shown.lines[0])
    assert re.fullmatch(r"Salad  +0 +0%", shown.lines[1])
    assert listed.lines == ["lunch\topen\t1\t\t"]
    assert early.code == 1
    assert exported.lines[1].startswith(f"{PHONE},Pizza,")
    assert drawn.lines == [PHONE]
    assert created.err.split()[-1].rstrip(".") in drawn.err
