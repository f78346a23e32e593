"""What ``gsmd setup`` offers beside the modem, how it starts it, and the link at its end."""

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gsmd.cli import knocking, setup_gateways, setup_start, setup_trial
from gsmd.cli.knocking import Broker
from gsmd.cli.setup_answers import Answers
from gsmd.cli.setup_files import Plan
from gsmd.client import Client, NotPermitted
from gsmd.config import Config, ConfigError, load
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.simulator import SimulatorThread
from tests.cli.conftest import Gsmd

MODEM = "modems: [{name: m, port: /dev/ttyUSB0}]\n"
GRANTED = bytes((0x20, 3, 0, 0x00, 0))
NOT_AUTHORIZED = bytes((0x20, 3, 0, 0x87, 0))
OF_BEFORE = bytes((0x20, 2, 0, 1))


@contextmanager
def server(greeting: bytes = b"", answer: bytes = b"") -> Iterator[str]:
    """Greets, hears something and answers, until the end; the value is its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(greeting)
                    if answer and connection.recv(512):
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        host, port = listening.getsockname()
        yield f"{host}:{port}"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        _, port = closed.getsockname()
    monkeypatch.setattr(knocking, "BROKER", f"127.0.0.1:{port}")
    monkeypatch.setattr(knocking, "MAIL_SERVER", f"127.0.0.1:{port}")
    monkeypatch.setattr(setup_start, "unit_properties", lambda _="": {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "gsmd.yaml").write_text(
        f"state_dir: {tmp_path}/state\nsocket: {{path: {tmp_path}/gsmd.sock}}\n{MODEM}"
    )
    return tmp_path / "gsmd.yaml"


def loaded(path: Path) -> Config:
    return load(path, HANDLER_KINDS)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (GRANTED, Broker.OPEN),
        (NOT_AUTHORIZED, Broker.WANTS_PASSWORD),
        (OF_BEFORE, Broker.TOO_OLD),
        (b"220 mail.example.org ESMTP\r\n", Broker.NONE),
    ],
)
def test_a_broker_is_known_by_its_answer(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, said: Broker
) -> None:
    assert knocking.broker() is Broker.NONE
    with server(answer=answer) as address:
        monkeypatch.setattr(knocking, "BROKER", address)
        assert knocking.broker() is said
        assert knocking.broker("gsmd", "x" * 200) is said


def test_without_anybody_to_ask_what_fits_is_taken(
    gsmd: Gsmd, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_text()
    with server(answer=GRANTED) as broker, server(b"220 here\r\n") as mail:
        monkeypatch.setattr(knocking, "BROKER", broker)
        monkeypatch.setattr(knocking, "MAIL_SERVER", mail)
        outcome = gsmd("setup", "--yes", "--no-start", "--mail-to", "ops@example.org", "-c", str(path))  # fmt: skip
    assert outcome.code == 0, outcome.err
    config = loaded(path)
    assert config.gateways == ("web", "mqtt", "mail")
    assert config.mail is not None
    assert config.mail.forward[0].to == ("ops@example.org",)
    assert path.read_text().startswith(before)


def test_only_what_fits_is_offered_and_only_once(gsmd: Gsmd, path: Path) -> None:
    assert gsmd("setup", "--yes", "--no-start", "-c", str(path)).code == 0
    assert loaded(path).gateways == ("web",)
    once = path.read_text()
    again = gsmd("setup", "--yes", "--no-start", "-c", str(path))
    assert (again.code, path.read_text()) == (0, once)
    assert "Nothing to add" in again.err


def test_what_is_not_wanted_is_not_written(gsmd: Gsmd, path: Path) -> None:
    before = path.read_text()
    assert gsmd("setup", "--yes", "--no-start", "--without", "web", "-c", str(path)).code == 0
    assert path.read_text() == before


def test_pages_take_the_next_port_if_the_usual_one_is_taken(
    gsmd: Gsmd, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup_gateways, "is_free", lambda port: port == 8092)
    assert gsmd("setup", "--yes", "--no-start", "-c", str(path)).code == 0
    web = loaded(path).web
    assert web is not None
    assert str(web.listen) == "127.0.0.1:8092"


def test_a_broker_that_wants_a_password_is_left_out_where_nobody_can_be_asked(
    gsmd: Gsmd, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(answer=NOT_AUTHORIZED) as broker:
        monkeypatch.setattr(knocking, "BROKER", broker)
        outcome = gsmd("setup", "--yes", "--no-start", "-c", str(path))
    assert "gsmd setup without --yes asks" in outcome.err
    assert "mqtt" not in loaded(path).gateways


def test_without_systemd_it_says_what_to_run_and_gives_the_link(gsmd: Gsmd, path: Path) -> None:
    path.write_text(path.read_text() + f"web: {{state_dir: {path.parent}/web}}\n")
    outcome = gsmd("setup", "--yes", "-c", str(path))
    assert outcome.code == 0, outcome.err
    assert f"gsmd run --all -c {path}" in outcome.err
    assert f"export GSMD_SOCKET={path.parent}/gsmd.sock" in outcome.err
    assert re.search(
        r"^Pages, once it runs: http://127\.0\.0\.1:8090/invitation/\S+$", outcome.out, re.MULTILINE
    )


def test_a_daemon_that_is_there_and_not_for_us_is_not_said_to_be_missing(
    gsmd: Gsmd, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Client) -> None:
        raise NotPermitted("permission denied", reason="socket_permission")

    monkeypatch.setattr(Client, "info", refuse)
    outcome = gsmd("setup", "--yes", "--without", "web", "-c", str(path))
    assert outcome.code == 3
    assert "permission denied" in outcome.err
    assert "To start it" not in outcome.err


def test_with_systemd_daemon_and_gateways_are_started_and_started_again_only_for_news(
    gsmd: Gsmd, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []

    def show(unit: str = "gsmd.service") -> Mapping[str, str]:
        started = any(("restart", unit.removesuffix(".service")) == each for each in told)
        return {"LoadState": "loaded", "ActiveState": "active" if started else "inactive"}

    def systemctl(*words: str) -> bool:
        told.append(words)
        return True

    monkeypatch.setattr(setup_start.os, "geteuid", lambda: 0)  # type: ignore[attr-defined] # it imports it
    monkeypatch.setattr(setup_start, "unit_properties", show)
    monkeypatch.setattr(setup_start, "_systemctl", systemctl)
    path.write_text(path.read_text() + f"web: {{state_dir: {path.parent}/web}}\n")
    assert gsmd("setup", "--yes", "-c", str(path)).code == 0
    assert told == [
        *(("enable", "gsmd"), ("restart", "gsmd")),
        *(("enable", "gsmd-web"), ("restart", "gsmd-web")),
    ]
    assert gsmd("setup", "--yes", "-c", str(path)).code == 0
    assert len(told) == 4


def test_a_unit_that_does_not_start_is_said_with_the_way_to_see_why(
    gsmd: Gsmd, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup_start.os, "geteuid", lambda: 0)  # type: ignore[attr-defined] # it imports it
    monkeypatch.setattr(setup_start, "unit_properties", lambda _="": {"LoadState": "loaded"})
    monkeypatch.setattr(setup_start, "_systemctl", lambda *_: False)
    outcome = gsmd("setup", "--yes", "--without", "web", "-c", str(path))
    assert outcome.code == 1
    assert "journalctl -u gsmd" in outcome.err


def test_only_a_test_message_that_was_not_there_before_has_come_in_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(setup_trial, "PATIENCE", 0.01)
    there = [SimpleNamespace(id="m1", text="gsmd works."), SimpleNamespace(id="m2", text="Hi")]
    client = cast("Client", SimpleNamespace(list=lambda **_: SimpleNamespace(messages=there)))
    before = setup_trial._there(client, "m")
    assert not setup_trial._came_in(client, "m", before)
    there.append(SimpleNamespace(id="m3", text="gsmd works."))
    assert setup_trial._came_in(client, "m", before)


def test_a_user_of_the_broker_and_an_address_are_written_as_they_were_typed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["no", 'x"], cc: [y@example.org'])
    answers = Answers(usual=False)
    monkeypatch.setattr(answers, "confirm", lambda *_, **__: True)
    monkeypatch.setattr(answers, "text", lambda *_: next(typed))
    monkeypatch.setattr(answers, "secret", lambda _: "secret")
    monkeypatch.setattr(setup_gateways, "broker", lambda *_: Broker.WANTS_PASSWORD)
    monkeypatch.setattr(setup_gateways, "mail_server", lambda: True)
    plan = Plan(path, replace=False, here=False)
    plan.gateways = setup_gateways.chosen(answers, plan.present, ["web"], None)
    with pytest.raises(ConfigError, match="a mail address"):
        plan.write()  # whoever typed it hears of it, and nothing else is made of it
    assert path.read_text().endswith(MODEM)
    plan.gateways = plan.gateways[:1]
    assert plan.write()
    mqtt = plan.load().mqtt
    assert mqtt is not None
    assert mqtt.user == "no"


def test_everything_can_be_kept_in_one_directory(
    gsmd: Gsmd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sim").mkdir()
    monkeypatch.chdir(tmp_path)
    with SimulatorThread(tmp_path / "sim", ("generic",)):
        outcome = gsmd("setup", "--yes", "--here", "--name", "north", "sim/modem1")
    assert outcome.code == 0, outcome.err
    config = loaded(tmp_path / "gsmd.yaml")
    assert config.state_dir == tmp_path / "state"
    assert config.socket.path == tmp_path / "gsmd.sock"
    assert config.web is not None
    assert config.web.state_dir == tmp_path / "web"
    assert [each.name for each in config.modems] == ["north"]


def test_where_nobody_can_answer_it_says_how_to_do_without(gsmd: Gsmd, path: Path) -> None:
    outcome = gsmd("setup", "--no-start", "-c", str(path))
    assert outcome.code == 1
    assert "gsmd setup --yes" in outcome.err
