"""What docs/pdu.md shows is what happens."""

import re
import shlex
from pathlib import Path

import pytest

from gsmd.cli import root

PAGE = (Path(__file__).parents[2] / "docs" / "pdu.md").read_text()
SESSIONS = re.findall(r"```console\n\$ gsmd (.*)\n([\s\S]*?)```", PAGE)
PROGRAMS = re.findall(r"```python\n([\s\S]*?)```", PAGE)


@pytest.mark.parametrize(("line", "printed"), SESSIONS, ids=[line[:24] for line, _ in SESSIONS])
def test_a_session_prints_what_the_page_shows(
    line: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root.run(shlex.split(line))
    seen = capsys.readouterr().out.splitlines()
    assert [row.rstrip() for row in seen] == [row.rstrip() for row in printed.splitlines()]


def test_there_are_sessions_and_a_program() -> None:
    assert len(SESSIONS) == 4
    assert len(PROGRAMS) == 1


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_a_program_of_the_page_runs(program: str) -> None:
    exec(compile(program, "docs/pdu.md", "exec"), {})
