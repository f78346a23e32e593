"""Gateway, daemon and mail server are killed while messages go both ways."""

from pathlib import Path

from tests.gateways.mail.killing import trial


async def test_nothing_is_lost_whoever_is_killed(tmp_path: Path) -> None:
    assert await trial(tmp_path, count=8, seed=3, kills=4, every=0.4)
