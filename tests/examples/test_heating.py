"""The heating bot."""

from pathlib import Path

import pytest

from tests.cli.fake_daemon import Connection, FakeDaemon
from tests.cli.messages import inbound
from tests.examples.running import python, running

OWNER = "+33612345678"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


def ask(daemon: FakeDaemon, connection: Connection, text: str, peer: str = OWNER) -> str | None:
    connection.deliver(inbound(text=text, peer=peer), handler="heating")
    reply = daemon.acknowledgement()["result"].get("reply")
    assert reply is None or isinstance(reply, str)
    return reply


def test_the_owner_switches_and_asks(daemon: FakeDaemon, target: Path) -> None:
    with running(python("heating.py", "--allow", OWNER, "--state", str(target)), daemon):
        connection = daemon.subscriber()
        for text, reply, wish in (
            ("HEAT?", "The heating is set to 7 °C.", "7"),
            ("heat on", "Done: 20 °C.", "20"),
            ("Heat 21,5", "Done: 21.5 °C.", "21.5"),
            ("HEAT ?", "The heating is set to 21.5 °C.", "21.5"),
            ("HEAT 60", "Between 7 and 25 °C, please.", "21.5"),
            ("heat off", "Done: 7 °C.", "7"),
            ("hello", "Text HEAT ON, HEAT OFF, HEAT 21 or HEAT?", "7"),
        ):
            assert ask(daemon, connection, text) == reply
            assert target.read_text() == wish


def test_nobody_else_is_obeyed_or_answered(daemon: FakeDaemon, target: Path) -> None:
    with running(python("heating.py", "--allow", OWNER, "--state", str(target)), daemon):
        connection = daemon.subscriber()
        assert ask(daemon, connection, "HEAT 25", peer="+33699999999") is None
        assert target.read_text() == "7"
