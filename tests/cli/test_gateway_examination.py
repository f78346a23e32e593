"""What ``gsmd doctor`` finds at gateways, with what to do."""

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gsmd.cli import gateway_rights
from gsmd.cli.gateway_examination import examine_gateways
from gsmd.cli.gateway_rights import User, examine_rights, readable
from gsmd.cli.surroundings import Properties
from gsmd.config import Config, parse
from gsmd.gateways.catalogue import GATEWAYS, PACKAGES
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.findings import Finding
from gsmd.protocol.gateways import GatewayStatus, GatewayTrouble

NOBODY = User("gsmd-web", 4711, frozenset({4711}))


def config(sections: str) -> Config:
    text = f"modems: [{{name: m, port: /dev/ttyUSB0}}]\n{sections}"
    return parse(text, "test.yaml", HANDLER_KINDS)


def no_units(_: str) -> Properties:
    return {}


def away(name: str) -> GatewayStatus:
    return GatewayStatus(name=name, state="away", configured=True)


@pytest.fixture(autouse=True)
def _without_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine where the package is installed, too."""
    monkeypatch.setattr(gateway_rights, "user_of", lambda _: None)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def said(findings: Iterator[Finding]) -> list[str]:
    found = list(findings)
    assert all(each.to_do and each.why for each in found)
    return [each.what for each in found]


def test_one_that_runs_tells_its_troubles_itself() -> None:
    status = GatewayStatus(
        name="mqtt",
        state="running",
        configured=True,
        troubles=[GatewayTrouble("the broker is away", "start it")],
    )
    (found,) = examine_gateways(config("mqtt: {}\n"), [status], no_units)
    assert (found.subject, found.what, found.to_do) == ("gateway mqtt", "the broker is away", "start it")  # fmt: skip


def test_one_that_is_configured_and_does_not_run_is_said_with_the_way_to_start_it(
    free: int,
) -> None:
    at = config(f'web: {{listen: "127.0.0.1:{free}"}}\n')
    (found,) = examine_gateways(at, [away("web")], no_units)
    assert found.what == "it is configured, and does not run"
    assert "gsmd web, or gsmd gateways" in found.to_do
    (found,) = examine_gateways(at, [away("web")], lambda _: {"LoadState": "loaded"})
    assert found.to_do == "sudo systemctl enable --now gsmd-web"


@pytest.mark.parametrize(
    ("unit", "what", "to_do"),
    [
        ({"ActiveState": "failed", "ExecMainStatus": "4"}, "its configuration", "gsmd check"),
        ({"ActiveState": "failed", "Result": "signal"}, "failed (signal)", "journalctl -u gsmd-mail"),
        ({"ActiveState": "activating", "SubState": "auto-restart", "Result": "exit-code"}, "failed (exit-code)", "journalctl"),
        ({"ActiveState": "active"}, "does not reach the daemon's socket", "group gsmd"),
    ],
)  # fmt: skip
def test_what_systemd_knows_of_its_unit_is_told(
    free: int, unit: dict[str, str], what: str, to_do: str
) -> None:
    def show(name: str) -> Properties:
        return {} if name.endswith(".socket") else {"LoadState": "loaded", **unit}

    at = config(f'mail: {{listen: "127.0.0.1:{free}"}}\n')
    (found,) = examine_gateways(at, [away("mail")], show)
    assert what in found.what
    assert to_do in found.to_do


def test_one_that_systemd_starts_when_it_is_wanted_is_well() -> None:
    def show(name: str) -> Properties:
        return {"ActiveState": "active"} if name == "gsmd-web.socket" else {"LoadState": "loaded"}

    assert list(examine_gateways(config("web: {}\n"), [away("web")], show)) == []


def test_a_port_of_another_program_is_said_and_whose_it_is(taken: int) -> None:
    at = config(f'smpp: {{listen: "127.0.0.1:{taken}"}}\n')
    what = said(examine_gateways(at, [away("smpp")], no_units))
    assert any(f"127.0.0.1:{taken} is taken by " in each for each in what)


def test_an_address_that_this_machine_does_not_have_is_said() -> None:
    at = config('web: {listen: "192.0.2.1:8090", insecure: true}\n')
    assert "this machine has no address 192.0.2.1" in said(examine_gateways(at, None, no_units))


@pytest.mark.parametrize(
    ("sections", "what"),
    [
        ('mqtt: {{broker: "mqtt://127.0.0.1:{port}"}}\n', "the broker at 127.0.0.1"),
        ('mail: {{listen: null, smarthost: "smtp://127.0.0.1:{port}", forward: [{{to: [a@b.c]}}]}}\n', "the smarthost at 127.0.0.1"),
        ('fleet: {{servers: ["nats://127.0.0.1:{port}"]}}\n', "the engine at 127.0.0.1"),
        ("smpp: {{listen: null, providers: [{{name: sky, host: 127.0.0.1, port: {port}, system_id: us, password_file: /x}}]}}\n", "provider sky at 127.0.0.1"),
    ],
)  # fmt: skip
def test_who_is_away_at_the_other_end_is_said_of_one_that_does_not_run(
    free: int, taken: int, sections: str, what: str
) -> None:
    (found,) = examine_gateways(config(sections.format(port=free)), None, no_units)
    assert found.what == f"{what}:{free} cannot be reached: Connection refused"
    assert list(examine_gateways(config(sections.format(port=taken)), None, no_units)) == []


def test_one_engine_of_several_is_enough(free: int, taken: int) -> None:
    servers = f'["nats://127.0.0.1:{free}", "nats://127.0.0.1:{taken}"]'
    assert list(examine_gateways(config(f"fleet: {{servers: {servers}}}\n"), None, no_units)) == []


def test_a_package_that_is_not_installed_is_said(
    monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    monkeypatch.setitem(PACKAGES, "mail", ("no_such_package",))
    at = config(f'mail: {{listen: "127.0.0.1:{free}"}}\n')
    (found,) = examine_gateways(at, None, no_units)
    assert found.what == "not installed: no_such_package"
    assert "gsmd[mail]" in found.to_do


def test_every_gateway_says_what_it_needs_of_others() -> None:
    assert PACKAGES.keys() == GATEWAYS.keys()


def test_a_certificate_that_cannot_be_read_is_said(tmp_path: Path, free: int) -> None:
    tls = f"tls: {{certificate: {tmp_path}/c.pem, key_file: {tmp_path}/k.pem}}"
    at = config(f'mail: {{listen: "127.0.0.1:{free}", {tls}}}\n')
    assert f"{tmp_path}/c.pem: No such file or directory" in said(
        examine_gateways(at, None, no_units)
    )


def test_rights_that_its_user_lacks_are_said() -> None:
    (found,) = examine_rights("web", config("web: {}\n"), NOBODY)
    assert found.what == "its user gsmd-web lacks handle and read and send at the daemon's socket"
    assert "sudo usermod -aG" in found.to_do
    rules = "access: [{user: root, may: [admin]}]\nweb: {}\n"
    (found,) = examine_rights("web", config(rules), NOBODY)
    assert "{user: gsmd-web, may: [handle, read, send]}" in found.to_do


def test_who_is_root_may_everything() -> None:
    rules = "access: [{user: root, may: [admin]}]\nweb: {}\n"
    assert list(examine_rights("web", config(rules), User("root", 0, frozenset({0})))) == []


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that everybody may look into, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o711)
        yield Path(directory)


def test_a_secret_that_its_user_may_not_read_is_said(open_directory: Path) -> None:
    secret = open_directory / "crm.pass"
    secret.write_text("secret\n")
    secret.chmod(0o600)
    account = f"{{system_id: crm, password_file: {secret}}}"
    at = config(f"smpp: {{accounts: [{account}]}}\n")
    _, found = said(examine_rights("smpp", at, NOBODY))
    assert found == f"its user gsmd-web may not read {secret}"
    secret.chmod(0o604)
    assert len(said(examine_rights("smpp", at, NOBODY))) == 1


def test_modes_are_read_as_the_kernel_reads_them(open_directory: Path) -> None:
    secret = open_directory / "key"
    secret.touch()
    secret.chmod(0o640)
    own = secret.stat()
    assert readable(secret, User("owner", own.st_uid, frozenset()))
    assert readable(secret, User("member", 4711, frozenset({own.st_gid})))
    assert not readable(secret, NOBODY)
    secret.chmod(0o604)
    assert not readable(secret, User("member", 4711, frozenset({own.st_gid})))
    open_directory.chmod(0o700)
    assert not readable(secret, NOBODY)
