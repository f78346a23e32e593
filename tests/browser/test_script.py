"""The scripts of the pages: their types hold."""

import subprocess
from pathlib import Path

import pytest

from gsmd.gateways.web import pages
from tests.browser.tools_of_npm import TSC, tsc_lacks
from tests.tools import needs

SCRIPTS = sorted(Path(pages.__file__).parent.glob("static/*.js"))


@needs("node")
@pytest.mark.skipif(bool(tsc_lacks()), reason=tsc_lacks())
def test_the_types_in_the_scripts_hold() -> None:
    options = "--noEmit --allowJs --checkJs --strict --skipLibCheck --moduleDetection force --target es2022 --module es2022 --lib es2022,dom,dom.iterable"
    done = subprocess.run(
        ["node", str(TSC), *options.split(), *map(str, SCRIPTS)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
