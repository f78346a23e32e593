"""The commands of docs/http.md do what the page says, against a gateway with a simulated modem.

``GSMD_RECORD=1 pytest tests/gateways/web/rest/test_documentation.py`` writes outputs and the table of paths anew.
"""

import asyncio
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from gsmd.gateways.web.own.places import PLACES, OwnPlace
from gsmd.gateways.web.rest.routes import ROUTES, WITHOUT_ROUTE, Route
from tests.cli.sessions import Step, blocks, comparable, rewrite
from tests.gateways.web.house import House, house
from tests.gateways.web.rest.scene import Scene
from tests.rig import PATIENCE
from tests.tools import needs

PAGE = Path(__file__).parents[4] / "docs" / "http.md"
ADDRESS = "http://127.0.0.1:8090"
HAPPENS = re.compile(r"# (?P<phone>\+\d+) texts: (?P<text>.*)")
OWN_TABLE = re.compile(r"<!-- own paths -->\n.*?<!-- end of own paths -->", re.DOTALL)
TABLE = re.compile(r"<!-- routes -->\n.*?<!-- end of routes -->", re.DOTALL)
OCC = "#!/bin/sh\necho 'calendar new version available: 6.0.1'\n"


class Stage:
    """A shell beside a gateway."""

    def __init__(self, rest: Scene, web: House) -> None:
        self._rest = rest
        self._address = address_of(web)
        self._token = web.token()
        (rest.rig.directory / "occ").write_text(OCC)
        (rest.rig.directory / "occ").chmod(0o755)

    async def play(self, line: str) -> str:
        if (happens := HAPPENS.fullmatch(line)) is not None:
            await self._rest.came_in(happens["text"], happens["phone"])
            return ""
        return await asyncio.to_thread(self._run, line.removeprefix("$ "))

    def _run(self, command: str) -> str:
        directory = self._rest.rig.directory
        environment = {"PATH": f"{directory}:{os.environ['PATH']}", "TOKEN": self._token}
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command.replace(ADDRESS, self._address)],
            env=environment, cwd=directory, capture_output=True, timeout=PATIENCE, text=True, check=False,
        )  # fmt: skip
        return (done.stdout + done.stderr).replace(self._address, ADDRESS).strip("\n")


@needs("curl", "jq")
async def test_the_commands_of_the_page_print_what_it_says(rest: Scene) -> None:
    compat = "smsgate, gammu-gateway, smseagle, playsms, kannel, twilio, massenversand"
    keys = f"rate: {{per_address: null}}, compat: [{compat}]"
    async with house(rest.rig.directory, keys) as web:
        stage = Stage(rest, web)
        recorded = [
            [Step(step.line, await stage.play(step.line)) for step in steps]
            for steps in blocks(PAGE.read_text())
        ]
    if os.environ.get("GSMD_RECORD"):
        rewrite(PAGE, recorded)
    for expected, seen in zip(blocks(PAGE.read_text()), recorded, strict=True):
        for wanted, got in zip(expected, seen, strict=True):
            assert comparable(got.output) == comparable(wanted.output), wanted.line


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


async def test_home_assistants_notification_is_sent_and_its_sensor_has_a_state(rest: Scene) -> None:
    recipe = next(part for part in map(yaml.safe_load, fenced("yaml")) if "notify" in part)
    notify = recipe["notify"][0]
    assert (notify["platform"], notify["method"]) == ("rest", "POST_JSON")
    # what its rest notification sends: the message, and the first target
    body = {
        notify["message_param_name"]: "The door is open",
        notify["target_param_name"]: "+33612345678",
    }
    sent = await rest.ask("POST", path_of(notify["resource"]), json=body)
    assert (sent.status, sent.json["text"]) == (201, "The door is open")
    sensor = recipe["rest"][0]
    assert sensor["sensor"][0]["value_template"] == "{{ value_json.state }}"
    assert (await rest.get(path_of(sensor["resource"])))["state"] == "ready"
    assert notify["headers"] == sensor["headers"] == {"Authorization": "Bearer gsmd_…"}


async def test_alertmanagers_receiver_leads_to_a_number(rest: Scene) -> None:
    recipe = next(part for part in map(yaml.safe_load, fenced("yaml")) if "receivers" in part)
    hook = recipe["receivers"][0]["webhook_configs"][0]
    assert hook["http_config"]["authorization"] == {"credentials": "gsmd_…"}
    body = {"status": "resolved", "alerts": [{"labels": {"alertname": "Disk"}}]}
    sent = await rest.ask("POST", path_of(hook["url"]), json=body)
    assert sent.json["text"] == "RESOLVED: Disk"


async def test_djangos_function_sends(rest: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {}
    exec(fenced("python")[0], names)
    async with house(rest.rig.directory) as web:
        monkeypatch.setenv("GSMD_URL", address_of(web))
        monkeypatch.setenv("GSMD_TOKEN", web.token())
        ids = [
            await asyncio.to_thread(names["send_sms"], "+33612345678", "hi", "key")
            for _ in range(2)
        ]
    assert ids[0] == ids[1]
    assert (await rest.get(f"/messages/{ids[0]}"))["text"] == "hi"


def address_of(web: House) -> str:
    return f"http://127.0.0.1:{web.port}"


def path_of(address: str) -> str:
    return address.removeprefix(ADDRESS).removeprefix("/api/v1")


def test_the_table_of_paths_is_that_of_the_routes() -> None:
    table = f"<!-- routes -->\n{routes()}\n<!-- end of routes -->"
    if os.environ.get("GSMD_RECORD"):
        PAGE.write_text(TABLE.sub(lambda _: table, PAGE.read_text()))
    assert table in PAGE.read_text()


def test_the_table_of_own_paths_is_that_of_the_gateway() -> None:
    rows = "".join(
        f"| `{p.verb} {p.path}`{_said(p)} | {p.status} | {p.who} | {p.doc} |\n" for p in PLACES
    )
    table = f"<!-- own paths -->\n| path | status | who may | |\n|---|---|---|---|\n{rows}<!-- end of own paths -->"
    if os.environ.get("GSMD_RECORD"):
        PAGE.write_text(OWN_TABLE.sub(lambda _: table, PAGE.read_text()))
    assert table in PAGE.read_text()


def _said(place: OwnPlace) -> str:
    fields = msgspec.structs.fields(place.body) if place.body else ()
    names = [each.encode_name + ("" if each.required else "?") for each in fields]
    names += [f"{each}?" for each in place.query]
    return f" `{{{', '.join(names)}}}`" if names else ""


def routes() -> str:
    rows = "".join(
        f"| `{r.verb} {r.path}`{_besides(r)} | {r.status} | `{r.method.name}` |"
        f" {' or '.join(sorted(r.method.roles)) or 'any'} |\n"
        for r in ROUTES
    )
    reasons = "".join(f"- `{row.name}`: {reason}.\n" for row, reason in WITHOUT_ROUTE.items())
    head = "| path | status | method of the socket | role |\n|---|---|---|---|\n"
    return f"{head}{rows}\nNot to be had over HTTP:\n\n{reasons}".rstrip("\n")


def _besides(route: Route) -> str:
    kind = route.method.params
    names = [*route.besides, *(each for each in route.extra if each not in route.besides)]
    if not names or route.does in {"forgiving_send", "settle_one"}:
        return ""
    required = {
        field.encode_name for field in msgspec.structs.fields(kind) if field.required
    } - route.optional
    marked = ", ".join(name if name in required else f"{name}?" for name in names)
    return f" `{{{marked}}}`"
