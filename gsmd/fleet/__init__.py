"""Many boxes behind one NATS JetStream, for programs: `Client` (blocking) and `AsyncClient`.

with Client("nats://nats.example.org:4222") as fleet:
    id_ = fleet.send("+33612345678", "Good morning")
    fleet.show(id_)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gsmd.fleet.blocking import FleetClient as Client
    from gsmd.fleet.client import AsyncFleetClient as AsyncClient

_ON_DEMAND = {
    "AsyncClient": ("gsmd.fleet.client", "AsyncFleetClient"),
    "Client": ("gsmd.fleet.blocking", "FleetClient"),
}


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, found = _ON_DEMAND[name]
    return getattr(import_module(module), found)


__all__ = ["AsyncClient", "Client"]
