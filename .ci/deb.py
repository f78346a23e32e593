"""Builds the Debian package: gsmd with everything it needs in /usr/lib/gsmd, a virtual environment.

What goes in is taken from an environment in which gsmd is installed (by default the one that runs
this), so the package has exactly the versions that were tested there. Only gsmd's own requirements
and theirs are taken. For another architecture or Python, point --site at a directory made by
``pip install --target DIR --platform … --python-version … --only-binary=:all: '.[webhook,metrics,qr,web,…]'``.
"""

import argparse
import compileall
import gzip
import os
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import warnings
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("webhook", "metrics", "qr", "web", "passkeys", "smpp", "mqtt", "mail", "fleet")
"""The extras that the package includes beside the plain daemon; Apprise, with its many files, stays out."""

DEBIANS = {"3.11": "+deb12", "3.13": "+deb13"}
"""What the version ends in for the Debian that has this Python: the packages differ, and that of the later Debian is the later one."""

THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

HOME = Path("usr/lib/gsmd")
UNITS = Path("lib/systemd/system")


def main() -> None:
    """Build the package and print its path."""
    options = _options()
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "gsmd"
        root.mkdir(mode=0o755)
        os.umask(0o022)
        _environment(root / HOME, options)
        if options.python == THIS_PYTHON:
            _compile(root)
        _system_files(root)
        _documents(root / "usr/share/doc/gsmd", options)
        _control(root, options)
        options.output.mkdir(parents=True, exist_ok=True)
        name = f"gsmd_{_package_version(options)}_{options.architecture}.deb"
        package = options.output / name
        subprocess.run(
            [
                "dpkg-deb",
                "--build",
                "--root-owner-group",
                f"-Z{options.compression}",
                str(root),
                str(package),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    print(package)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist")
    parser.add_argument("--site", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--python", default=THIS_PYTHON)
    parser.add_argument("--architecture", default=_architecture())
    parser.add_argument("--version", help="of the package, in place of that of gsmd and the Debian")
    parser.add_argument("--extras", default=",".join(EXTRAS), help="names with commas between")
    parser.add_argument("--compression", choices=("xz", "gzip", "none"), default="xz")
    return parser.parse_args()


def _architecture() -> str:
    return subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()


def _package_version(options: argparse.Namespace) -> str:
    return options.version or _version() + DEBIANS.get(options.python, "")


def _version() -> str:
    text = (ROOT / "gsmd/__init__.py").read_text()
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found is not None
    return found[1]


# -- the virtual environment --------------------------------------------------------------------


def _environment(home: Path, options: argparse.Namespace) -> None:
    """A virtual environment by hand: nothing in it depends on where it was built."""
    python = options.python
    packages = home / f"lib/python{python}/site-packages"
    packages.mkdir(parents=True)
    for distribution in _required(options.site, options.extras):
        _copy(distribution, packages)
    shutil.copytree(ROOT / "gsmd", packages / "gsmd", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {python}\n"
    )
    (home / "bin").mkdir()
    (home / "bin/python3").symlink_to(f"/usr/bin/python{python}")
    _write(
        home / "bin/gsmd",
        f"#!/{HOME}/bin/python3 -I\nfrom gsmd.cli import main\n\nmain()\n",
        mode=0o755,
    )


def _compile(root: Path) -> None:
    """Byte code for the target: a Pi would take a minute for it at every installation."""
    warnings.simplefilter("ignore", SyntaxWarning)  # others' code
    compileall.compile_dir(
        root / HOME / "lib",
        quiet=1,
        workers=0,
        stripdir=str(root),
        prependdir="/",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def _required(site: Path, extras_wanted: str) -> Iterator[Distribution]:
    """The packages in ``site`` that gsmd requires, and those that they require. Errors: `SystemExit` if one is not there."""
    there = {_name(each.name): each for each in distributions(path=[str(site)])}
    wanted = [f"gsmd[{extras_wanted}]"]
    seen: set[str] = set()
    while wanted:
        requirement = wanted.pop()
        name, extras = _split(requirement)
        if requirement in seen:
            continue
        seen.add(requirement)
        if name not in there:
            sys.exit(f"{name} is not in {site}: pip install '.[{extras_wanted}]'")
        distribution = there[name]
        if name != "gsmd" and not any(_split(each)[0] == name for each in seen - {requirement}):
            yield distribution
        for each in distribution.requires or ():
            bare, _, marker = each.partition(";")
            if _applies(marker, extras):
                wanted.append(bare.strip())


def _split(requirement: str) -> tuple[str, frozenset[str]]:
    """``aiohttp[speedups]>=3`` as its name and its extras."""
    found = re.match(r"([A-Za-z0-9._-]+)\s*(?:\[([^]]*)\])?", requirement)
    assert found is not None
    extras = frozenset(each.strip() for each in (found[2] or "").split(",") if each.strip())
    return _name(found[1]), extras


def _applies(marker: str, extras: frozenset[str]) -> bool:
    from packaging.markers import Marker

    if not marker:
        return True
    return any(Marker(marker).evaluate({"extra": extra}) for extra in (extras or {""}))


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _copy(distribution: Distribution, target: Path) -> None:
    if distribution.read_text("RECORD") is None:  # what setup.py has installed is not surely listed
        sys.exit(f"{distribution.name} was not installed from a wheel: pip install --use-pep517 …")
    for file in distribution.files or ():
        if (
            ".." in file.parts
            or "__pycache__" in file.parts
            or file.name in {"RECORD", "INSTALLER"}
        ):
            continue  # programs and byte code
        source = Path(str(distribution.locate_file(file)))
        if "tests" in file.parts or source.suffix in {".pyx", ".pxd", ".c", ".h", ".po", ".pot"}:
            continue
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / file)


# -- everything else ----------------------------------------------------------------------------


def _system_files(root: Path) -> None:
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/gsmd").symlink_to(f"/{HOME}/bin/gsmd")
    for unit in sorted((ROOT / "systemd").iterdir()):
        if unit.suffix in {".service", ".socket"}:  # none is started by the package
            _write(root / UNITS / unit.name, unit.read_text())
    _write(root / "usr/lib/sysusers.d/gsmd.conf", (ROOT / "systemd/sysusers.conf").read_text())
    rules = "60-gsmd.rules"
    _write(root / "lib/udev/rules.d" / rules, (ROOT / "udev" / rules).read_text())
    _write(root / "etc/gsmd/gsmd.yaml", without_modems((ROOT / "config/gsmd.yaml").read_text()))
    _completions(root)


def without_modems(configuration: str) -> str:
    """The full configuration with its modems switched off: which there are, only the owner knows."""
    lines = configuration.splitlines(keepends=True)
    begin = lines.index("modems:\n")
    end = next(i for i, line in enumerate(lines[begin:], begin) if not line.strip())
    for number in range(begin, end):
        if not lines[number].lstrip().startswith("#"):
            lines[number] = "#" + lines[number]
    return "".join(lines)


def _completions(root: Path) -> None:
    places = {
        "bash": "usr/share/bash-completion/completions/gsmd",
        "zsh": "usr/share/zsh/vendor-completions/_gsmd",
        "fish": "usr/share/fish/vendor_completions.d/gsmd.fish",
    }
    from click.shell_completion import get_completion_class

    from gsmd.cli.root import gsmd

    for shell, place in places.items():
        kind = get_completion_class(shell)
        assert kind is not None
        _write(root / place, kind(gsmd, {}, "gsmd", "_GSMD_COMPLETE").source())


def _documents(directory: Path, options: argparse.Namespace) -> None:
    for file in sorted((ROOT / "docs").rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            _write(directory / file.relative_to(ROOT / "docs"), file.read_bytes())
    for file in sorted((ROOT / "systemd/examples").iterdir()):
        _write(directory / "systemd" / file.name, file.read_text())
    _write(directory / "copyright", (ROOT / "LICENSE").read_text())
    change = f"gsmd ({_package_version(options)}) stable; urgency=medium\n\n  * See /usr/share/doc/gsmd/changelog.md\n"
    _write(directory / "changelog.gz", gzip.compress(change.encode(), mtime=0))


def _control(root: Path, options: argparse.Namespace) -> None:
    size = sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) // 1024
    major, minor = map(int, options.python.split("."))
    directory = root / "DEBIAN"
    templates = ROOT / "config/debian"
    control = (templates / "control").read_text()
    values = {
        "VERSION": _package_version(options),
        "ARCHITECTURE": options.architecture,
        "SIZE": str(size),
        "PYTHON": options.python,
        "NEXT_PYTHON": f"{major}.{minor + 1}",
        "WITHOUT": _without(options),
    }
    for name, value in values.items():
        control = control.replace(f"@{name}@", value)
    _write(directory / "control", control)
    _write(directory / "conffiles", "/etc/gsmd/gsmd.yaml\n")
    for script in ("postinst", "prerm", "postrm"):
        _write(directory / script, (templates / script).read_text(), mode=0o755)


def _without(options: argparse.Namespace) -> str:
    """A paragraph of the description: which extras this package lacks, where it lacks any."""
    lacking = [each for each in EXTRAS if each not in options.extras.split(",")]
    if not lacking:
        return ""
    return f" .\n Without {', '.join(lacking)}: for {options.architecture} there are no wheels of what they need.\n"


def _write(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)


if __name__ == "__main__":
    main()
