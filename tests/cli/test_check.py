"""``gsmd check`` and what every command with a configuration does with a wrong one."""

from pathlib import Path

import pytest

from tests.cli.conftest import Gsmd

WRONG = "modems:\n  - {name: m, prot: /dev/ttyUSB0}\nsockets: {}\n"


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_a_right_configuration_is_summed_up(gsmd: Gsmd, tmp_path: Path) -> None:
    path = write(
        tmp_path / "c.yaml",
        "modems: [{name: m, port: /dev/ttyUSB0}]\nhandlers: [{name: crm, socket: true}]\n",
    )
    assert gsmd("check", "-c", path) == (0, "", f"{path} is right: modems m; handlers crm.\n")
    assert gsmd("check", "-c", path, "--json").json == [{"file": path, "ok": True}]


def test_every_mistake_is_named_with_its_line_and_key(gsmd: Gsmd, tmp_path: Path) -> None:
    path = write(tmp_path / "c.yaml", WRONG)
    outcome = gsmd("check", "-c", path)
    assert (outcome.code, outcome.out) == (4, "")
    assert f"{path}:2: modems[0].prot" in outcome.err
    assert f"{path}:3: sockets" in outcome.err
    problems = gsmd("check", "-c", path, "--json").json
    assert {"modems[0].prot", "sockets"} <= {problem["key"] for problem in problems}
    assert all(problem["file"] == path for problem in problems)


def test_the_configuration_is_found_in_the_environment(
    gsmd: Gsmd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GSMD_CONFIG", write(tmp_path / "c.yaml", WRONG))
    assert gsmd("check").code == 4


@pytest.mark.parametrize("command", ["check", "run"])
def test_no_configuration_is_a_bad_one(gsmd: Gsmd, tmp_path: Path, command: str) -> None:
    outcome = gsmd(command, "-c", str(tmp_path / "none.yaml"))
    assert outcome.code == 4
    assert "none.yaml" in outcome.err
    assert "Traceback" not in outcome.err


def test_an_smpp_password_that_some_cut_off_is_remarked_upon(gsmd: Gsmd, tmp_path: Path) -> None:
    password = tmp_path / "crm.pass"
    password.write_text("longer than eight\n")
    path = tmp_path / "gsmd.yaml"
    path.write_text(
        "modems: [{name: m, port: /dev/null}]\n"
        f"smpp: {{accounts: [{{system_id: crm, password_file: {password}}}]}}\n"
    )
    done = gsmd("check", "-c", str(path))
    assert done.code == 0
    assert "The password of crm is longer than the 8 characters" in done.err
    password.write_text("eight888\n")
    assert "cut it off" not in gsmd("check", "-c", str(path)).err


def test_providers_that_nothing_goes_through_or_that_may_not_carry_are_remarked_upon(
    gsmd: Gsmd, tmp_path: Path
) -> None:
    secret = tmp_path / "sky.pass"
    secret.write_text("longer than eight\n")
    provider = f"{{name: sky, host: h, system_id: us, password_file: {secret}}}"
    plain = f"modems: [{{name: m, port: /dev/ttyUSB0}}]\nsmpp: {{providers: [{provider}]}}\n"
    done = gsmd("check", "-c", write(tmp_path / "c.yaml", plain))
    assert "modems m; carriers sky; no handlers" in done.err
    for words in (
        "The password for sky is longer than the 8 characters",
        "No route names sky",
    ):
        assert words in done.err
    assert "lets anybody carry" not in done.err  # without rules the gateway's user may
    ruled = plain + "access: [{user: root, may: [read]}]\n"
    done = gsmd("check", "-c", write(tmp_path / "c.yaml", ruled))
    assert "No rule of access lets anybody carry" in done.err
    right = 'routes: [{to: "*", modems: [sky]}]\naccess: [{user: root, may: [carry]}]\n'
    secret.write_text("short\n")
    done = gsmd("check", "-c", write(tmp_path / "c.yaml", plain + right))
    assert done.err.count("\n") == 1
