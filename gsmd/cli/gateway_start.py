"""The command that starts a gateway on this machine."""

from collections.abc import Callable, Mapping

from gsmd.cli.surroundings import Properties, unit_properties

ShowUnit = Callable[[str], Properties]


def start_of(name: str, show: ShowUnit = unit_properties) -> str:
    """The command that starts a gateway that does not run; empty, if systemd starts it when it is wanted."""
    if show(f"gsmd-{name}.socket").get("ActiveState") == "active":
        return ""
    return how_to_start(name, show(f"gsmd-{name}.service"))


def how_to_start(name: str, unit: Mapping[str, str]) -> str:
    """The command that starts a gateway here. ``unit``: what systemd knows of its unit."""
    if unit.get("LoadState") == "loaded":
        return f"sudo systemctl enable --now gsmd-{name}"
    return f"gsmd {name}, or gsmd gateways for all of them, or gsmd run --all in place of gsmd run"
