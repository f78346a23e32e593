"""The list of programs that tests, scripts and targets start is whole, and what is missing is said."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import BASE, TOOLS, Tool, UnlistedError, main, needs, packages, table

ROOT = Path(__file__).parents[1]
LACKING = Tool("no-such-program", ("its-package",), tests=("test_tools.py",), targets=("nothing",))


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> Tool:
    monkeypatch.setitem(TOOLS, LACKING.name, LACKING)
    return LACKING


def test_a_program_that_is_not_listed_is_not_started() -> None:
    with pytest.raises(UnlistedError, match=r"git is not in tests/tools\.py"):
        subprocess.run(["git", "--version"], check=True)


def test_our_own_programs_are_nobodys_business(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert subprocess.run([program], check=True).returncode == 0


def test_the_reason_of_a_skip_names_the_program_and_its_package(lacking: Tool) -> None:
    mark = needs(lacking.name).mark
    assert mark.args == (True,)
    assert mark.kwargs["reason"] == "no-such-program is not installed (Debian: its-package)"


def test_where_everything_is_there_nothing_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TOOLS, "sh", Tool("sh", ("dash",)))
    assert needs("sh").mark.args == (False,)


def test_what_is_there_but_not_whole_counts_as_missing() -> None:
    broken = Tool("sh", ("dash",), trial=("sh", "-c", "exit 1"))
    assert not broken.there
    assert packages([broken, Tool("sh", ("dash",), trial=("sh", "-c", "exit 0"))]) == ["dash"]


def test_a_target_that_lacks_a_program_says_so_and_stops(
    lacking: Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["target", "nothing"]) == 1
    assert capsys.readouterr().err == f"make nothing: {lacking.lack}\n"
    assert main(["target", "demo"]) == 0


def test_what_ci_installs_are_the_packages_that_tests_lack(
    lacking: Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["packages"]) == 0
    assert "its-package" in capsys.readouterr().out.split()


def test_a_tool_is_listed_for_the_tests_that_are_marked_with_it_and_no_others() -> None:
    listed = {(test, tool.name) for tool in TOOLS.values() for test in tool.tests}
    tests = [each for each in (ROOT / "tests").rglob("test_*.py") if each != Path(__file__)]
    marked = {
        (str(test.relative_to(ROOT / "tests")), ast.literal_eval(name))
        for test in tests
        for call in calls(test, "needs")
        for name in call.args
    }
    assert marked == listed


def test_a_target_that_needs_programs_asks_for_them_first() -> None:
    makefile = (ROOT / "Makefile").read_text()
    asked = set(re.findall(r"^([a-z0-9-]+): needs-\1 ", makefile, re.MULTILINE))
    assert asked == {target for tool in TOOLS.values() for target in tool.targets}


def test_the_programs_that_the_makefile_starts_are_listed() -> None:
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    started = []
    for recipe in re.findall(r"^\t@?(.*)", makefile, re.MULTILINE):
        plain = re.sub(r"\$\((BIN|PIP|PYTHON)\)", "OURS", recipe)
        for _ in range(3):  # expansions within expansions
            plain = re.sub(r"\$\([^()]*\)", "", plain)
        commands = re.sub(r'\b\w+=("[^"]*"|\S*)', "", plain)  # what is set for a command
        started += [each.split()[0] for each in re.split(r"&&|\|", commands)]
    assert len(started) > 30
    assert {each for each in started if not each.startswith("OURS")} <= BASE | set(TOOLS)


def test_the_programs_that_scripts_of_ci_start_are_listed() -> None:
    found = {
        name
        for script in (ROOT / ".ci").rglob("*.py")
        for method in ("subprocess.run", "subprocess.Popen")
        for call in calls(script, method)
        if (name := first_program(call.args[0])) is not None
    }
    assert {"dpkg-deb", "unshare", "mmdebstrap", "qemu-system-x86_64"} <= found
    assert found <= BASE | set(TOOLS)


def test_the_table_of_the_documentation_is_the_list() -> None:
    assert table() in (ROOT / "docs/contributing.md").read_text()


def calls(script: Path, function: str) -> Iterator[ast.Call]:
    text = script.read_text()
    if function.rpartition(".")[2] not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function:
            yield node


def first_program(command: ast.expr) -> str | None:
    """What a list of words in the source starts; None for our own Python."""
    words = re.findall(r"'([^']*)'|sys.executable", ast.unparse(command))
    return (
        next((word for word in words if word != "nice" and not word.startswith("-")), None) or None
    )
