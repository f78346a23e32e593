"""Which surfaces there are, and how those that are wanted are put together."""

from collections.abc import Sequence
from importlib import import_module

from gsmd.gateways.web.compat.surface import Shared, Surface

_MODULES = {
    "smsgate": "smsgate",
    "gammu-gateway": "gammu_gateway",
    "smseagle": "smseagle",
    "playsms": "playsms",
    "kannel": "kannel",
    "twilio": "twilio",
    "massenversand": "massenversand",
}


def surfaces(names: Sequence[str], shared: Shared) -> list[Surface]:
    """The surfaces of these names, in their order."""
    return [_build(name, shared) for name in names]


def _build(name: str, shared: Shared) -> Surface:
    module = import_module(f"gsmd.gateways.web.compat.{_MODULES[name]}")
    surface: Surface = module.build(shared)
    return surface
