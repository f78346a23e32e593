"""How the desk does, in figures."""

from pathlib import Path

from tests.core.bench import bench
from tests.features.desk.scenes import ANNA, BEN, CARL, call, says


async def test_figures_tell_how_soon_people_were_answered_and_done_with(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        before = await call(it, "conversations.figures")
        assert before.closed == 0
        assert before.first_response.p50 is None
        for peer in (ANNA, BEN, CARL):
            await says(it, peer)
        await it.send("yes?", ANNA)
        await call(it, "conversations.set", peer=ANNA, assignee="dora")
        await call(it, "conversations.set", peer=ANNA, state="closed")
        await call(it, "conversations.set", peer=BEN, state="closed")
        found = await call(it, "conversations.figures")
        assert found.states == {"open": 1, "pending": 0, "snoozed": 0, "closed": 2}
        assert (found.closed, found.answered) == (2, 1)
        assert found.first_response.p50 is not None
        assert found.until_closed.p99 >= found.first_response.p99
        assert {each.assignee: each.closed for each in found.by} == {"dora": 1, None: 1}
        later = await call(it, "conversations.figures", since="2100-01-01T00:00:00Z")
        assert later.closed == 0
