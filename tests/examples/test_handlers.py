"""The same handler in three languages: each answers, acknowledges and leaves when it is refused."""

import pytest

from tests.cli.fake_daemon import PATIENCE, Connection, FakeDaemon, Refusal
from tests.cli.messages import inbound
from tests.examples.running import EXAMPLES, python, running
from tests.tools import needs

HANDLERS = [
    pytest.param(python("handler.py"), id="python"),
    pytest.param(
        ["bash", str(EXAMPLES / "handler.sh")],
        id="bash",
        marks=[pytest.mark.peer, needs("jq", "socat")],
    ),
    pytest.param(
        ["node", str(EXAMPLES / "handler.mjs")], id="node", marks=[pytest.mark.peer, needs("node")]
    ),
]


def ask(connection: Connection, daemon: FakeDaemon, text: str) -> str:
    connection.deliver(inbound(text=text), handler="balance", identity=f"d-{text}")
    answer = daemon.acknowledgement()
    assert answer["id"] == f"d-{text}"
    reply = answer["result"]["reply"]
    assert isinstance(reply, str)
    return reply


@pytest.mark.parametrize("command", HANDLERS)
def test_the_handler_subscribes_answers_and_acknowledges(
    command: list[str], daemon: FakeDaemon
) -> None:
    with running(command, daemon):
        connection = daemon.subscriber()
        assert daemon.asked("inbox.subscribe")[0]["handler"] == "balance"
        assert ask(connection, daemon, "BALANCE") == "Your balance is 5.00"
        assert ask(connection, daemon, "balance") == "Your balance is 5.00"
        hostile = "'; touch x; $(reboot) \"` \\ \x1b[2J\nsecond line ☂"
        assert ask(connection, daemon, hostile) == "Text BALANCE to see your balance."


@pytest.mark.parametrize("command", HANDLERS)
def test_the_handler_says_why_it_is_refused(command: list[str], daemon: FakeDaemon) -> None:
    def refuse(_: object) -> None:
        raise Refusal(4, "you may not handle messages", reason="not_permitted")

    daemon.methods["inbox.subscribe"] = refuse
    with running(command, daemon) as process:
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "you may not handle messages" in errors
