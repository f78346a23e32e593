"""Write what comes from the contract in ``gsmd/protocol``: ``python .ci/generate``; ``--check`` only looks.

With ``--check`` nothing is written: the files that are stale are named, and the exit status is 1.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import calls
import documents
import twin

ROOT = Path(__file__).parents[2]


def wanted() -> Iterator[tuple[Path, str]]:
    """Every generated file, and what is to stand in it."""
    asynchronous = ROOT / "gsmd/client/_async"
    sources = {asynchronous / name: (asynchronous / name).read_text() for name in twin.FILES}
    for name, source in calls.files().items():
        path = asynchronous / name
        sources[path] = _tidied(source, path)
        yield path, sources[path]
    for path, source in sources.items():
        other = twin.path(path)
        yield other, _tidied(twin.of(source, str(path.relative_to(ROOT))), other)
    yield ROOT / "docs/protocol.schema.json", documents.schema_file()
    page = ROOT / "docs/protocol.md"
    yield page, documents.with_tables(page.read_text())


def _tidied(source: str, path: Path) -> str:
    """As `make lint` wants it: imports sorted, formatted."""
    for command in (("check", "--fix-only", "--exit-zero"), ("format",)):
        ruff = [
            sys.executable,
            "-m",
            "ruff",
            *command,
            "--quiet",
            "--stdin-filename",
            str(path),
            "-",
        ]
        done = subprocess.run(
            ruff, input=source, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT
        )
        source = done.stdout
    return source


def _left_over(names: set[Path]) -> Iterator[Path]:
    """Generated files of nouns that are no more."""
    for side in ("_async", "_sync"):
        for path in (ROOT / "gsmd/client" / side / "calls").glob("*.py"):
            if path not in names:
                yield path


def main() -> int:
    """Write or check; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, say what is stale")
    check: bool = parser.parse_args().check
    stale, names = [], set()
    for path, text in wanted():
        names.add(path)
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path)
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    for path in _left_over(names):
        stale.append(path)
        if not check:
            path.unlink()
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is stale: make generate' if check else 'is new'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
