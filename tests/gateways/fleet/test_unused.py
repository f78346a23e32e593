"""A box that is none of a fleet pays nothing for it."""

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import sys
from pathlib import Path
from gsmd.cli import service
service.prepare()
from gsmd.config import parse
from gsmd.handler_kinds import HANDLER_KINDS
parse(Path(sys.argv[1]).read_text(), "gsmd.yaml", HANDLER_KINDS)
print(*sys.modules)
"""


def test_without_a_section_fleet_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "gsmd.yaml"
    file.write_text("modems: [{name: m, port: /dev/null}]\n")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(file)], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "gsmd.config" in loaded
    of_a_fleet = ("gsmd.fleet", "gsmd.gateways.fleet", "gsmd.cli.fleet", "nats", "nkeys")
    assert [
        name for name in loaded if f"{name}.".startswith(tuple(f"{n}." for n in of_a_fleet))
    ] == []
