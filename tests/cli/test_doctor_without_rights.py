"""``gsmd doctor`` for somebody who may not look everywhere: it says so, and goes on."""

import io
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gsmd.cli import diagnosis, gateway_network
from gsmd.cli.gateway_rights import User, examine_rights
from gsmd.config import Config, parse
from gsmd.handler_kinds import HANDLER_KINDS
from tests.cli.conftest import Gsmd

MODEM = "modems: [{name: m, port: /dev/ttyUSB0}]\n"


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in which this process may not look, also where root runs the tests."""
    directory = tmp_path / "closed"
    directory.mkdir()
    (directory / "gsmd.yaml").write_text(MODEM)

    def refusing(real: Callable[..., Any]) -> Callable[..., Any]:
        def called(path: Any, *arguments: Any, **options: Any) -> Any:
            if isinstance(path, str | Path) and Path(path).parent.is_relative_to(directory):
                raise PermissionError(13, "Permission denied", str(path))
            return real(path, *arguments, **options)

        return called

    for module, name in ((os, "stat"), (io, "open")):
        monkeypatch.setattr(module, name, refusing(getattr(module, name)))
    return directory


def config(sections: str) -> Config:
    return parse(MODEM + sections, "test.yaml", HANDLER_KINDS)


def test_a_configuration_that_may_not_be_read_is_said_and_the_rest_is_looked_at(
    gsmd: Gsmd, closed: Path, tmp_path: Path
) -> None:
    outcome = gsmd("doctor", "-c", str(closed / "gsmd.yaml"), "--socket", str(tmp_path / "none"))
    assert outcome.code == 4
    assert "sudo gsmd doctor" in outcome.err
    assert "daemon: no daemon" in outcome.out


def test_a_state_directory_that_cannot_be_seen_is_said(closed: Path) -> None:
    found = [*diagnosis.examine_files(config(f"state_dir: {closed}/state\n"))]
    assert all("may not be written" in each.what or "are free" in each.what for each in found)


def test_a_secret_that_cannot_be_seen_does_not_end_the_look_at_the_rights_of_a_gateway(
    closed: Path,
) -> None:
    at = config(f"mqtt: {{user: x, password_file: {closed}/pass}}\n")
    user = User("gsmd-mqtt", 4711, frozenset({4711}))
    assert {each.subject for each in examine_rights("mqtt", at, user)} == {"gateway mqtt"}


def test_a_host_that_can_be_none_is_said_to_be_out_of_reach() -> None:
    at = config(f'mqtt: {{broker: "mqtt://{"a" * 70}.b:1883"}}\n')
    (found,) = gateway_network.examine_peers("mqtt", at)
    assert "cannot be reached" in found.what


def test_a_program_that_ends_while_it_is_looked_at_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = Path.iterdir

    def iterdir(path: Path) -> Any:
        if path.name == "fd" and path.parent.name != str(os.getpid()):
            raise ProcessLookupError(3, "No such process")
        return real(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    with socket.create_server(("127.0.0.1", 0)) as held:
        assert f"(pid {os.getpid()})" in gateway_network._holder(held.getsockname()[1])
