"""The fleet as figures for Prometheus, in its text format."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_FIGURES = (
    ("in_hand", "gauge", "messages in its hands"),
    ("sent", "counter", "messages of pools that it has sent since it started"),
    ("received", "counter", "messages that it has handed up since it started"),
    ("modems", "gauge", "modems that are ready"),
)


def lines(status: Mapping[str, Any], boxes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines, of what `AsyncFleetClient.status` and ``boxes`` tell."""
    for name, text in (("waiting", "messages that wait"), ("in_hand", "messages that boxes have")):
        yield f"# HELP gsmd_fleet_queue_{name} {text}"
        yield f"# TYPE gsmd_fleet_queue_{name} gauge"
        for queue in status["queues"]:
            labels = f'pool="{queue["pool"]}",class="{queue["class"]}"'
            yield f"gsmd_fleet_queue_{name}{{{labels}}} {queue[name]}"
    yield "# HELP gsmd_fleet_uncertain messages of which nobody knows whether they went out"
    yield "# TYPE gsmd_fleet_uncertain gauge"
    yield f"gsmd_fleet_uncertain {status['uncertain']}"
    yield "# HELP gsmd_fleet_box_up the box is heard of, and takes messages"
    yield "# TYPE gsmd_fleet_box_up gauge"
    for box in boxes:
        up = int(box["state"] == "at work" and not box.get("holds_back"))
        yield f'gsmd_fleet_box_up{{box="{box["box"]}"}} {up}'
    for name, kind, text in _FIGURES:
        whole = f"gsmd_fleet_box_{name}" + ("_total" if kind == "counter" else "")
        yield f"# HELP {whole} {text}"
        yield f"# TYPE {whole} {kind}"
        for box in boxes:
            yield f'{whole}{{box="{box["box"]}"}} {box.get(name, 0)}'
