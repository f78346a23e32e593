"""What the tests in a browser have from npm: axe-core looks for what keeps people out, TypeScript reads the script's JSDoc.

``make web-test`` puts them into ``.venv/web``; nothing of it is in the package.
"""

import shutil
from pathlib import Path

HOME = Path(__file__).parents[2] / ".venv/web/node_modules"

AXE = HOME / "axe-core/axe.min.js"

TSC = HOME / "typescript/bin/tsc"


def axe_lacks() -> str:
    """The sentence for whoever has no axe-core; empty if it is there."""
    return "" if AXE.exists() else "axe-core is not installed: make web-test does it"


def tsc_lacks() -> str:
    """The same for TypeScript."""
    there = TSC.exists() and shutil.which("node") is not None
    return "" if there else "TypeScript is not installed: make web-test does it"
