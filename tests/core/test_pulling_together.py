"""Twenty pullers at once over the real socket, five of which die: everything is acknowledged exactly once.

``make bench-pull`` does the same with ten thousand messages.
"""

from pathlib import Path

from tests.client.pullers import HANDLER, Pullers, core, fill

MESSAGES = 400


async def test_pullers_that_die_lose_nothing_and_what_is_acknowledged_never_comes_again(
    tmp_path: Path,
) -> None:
    async with core(tmp_path) as (app, socket):
        await fill(app, MESSAGES)
        pullers = Pullers(socket, HANDLER, MESSAGES, at_once=5)
        await pullers.work(20, dying=5, batches=1)
        done = await app._ledger.read(
            lambda connection: connection.execute(
                "SELECT message, count(*) FROM event WHERE type = 'delivery.done' GROUP BY 1"
            ).fetchall()
        )

    assert pullers.again == []
    assert len(pullers.acknowledged) == MESSAGES
    assert set(pullers.acknowledged.values()) == {1}
    assert pullers.died_with > 0
    assert [count for _, count in done] == [1] * MESSAGES
