"""A Home Assistant in a Debian of its own (a directory), with the MQTT integration and the automations of the play."""

import asyncio
import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[4] / "docs/examples/homeassistant"

ASK, TOLD = "house/ask", "house/told"
"""Where the house is asked for a template's value, and says it."""

IN_THE_HOUSE = (
    'mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev"'
    ' && exec chroot "$1" /srv/ha/bin/hass -c /config --skip-pip'
)
"""For a shell in a mount namespace of its own: what is mounted goes with it."""

AUTOMATIONS: list[dict[str, Any]] = [
    {
        "id": "ask",
        "mode": "queued",
        "max": 50,
        "triggers": [{"trigger": "mqtt", "topic": ASK}],
        "actions": [
            {
                "action": "mqtt.publish",
                "data": {
                    "topic": TOLD,
                    "payload": "{% set all = namespace(pairs=[]) %}{% for each in states %}{% set all.pairs = all.pairs + [[each.entity_id, each.state]] %}{% endfor %}{{ all.pairs | tojson }}",
                },
            }
        ],
    },
    {
        "id": "received",
        "triggers": [
            {
                "trigger": "state",
                "entity_id": "event.gsmd_north_received",
                "not_to": ["unavailable", "unknown"],
            }
        ],
        "actions": [
            {
                "action": "mqtt.publish",
                "data": {
                    "topic": "house/received",
                    "payload": "{{ {'from': trigger.to_state.attributes['from'], 'text': trigger.to_state.attributes['text'], 'type': trigger.to_state.attributes['event_type']} | tojson }}",
                },
            }
        ],
    },
    {
        "id": "blueprint",
        "use_blueprint": {
            "path": "gsmd/sms_received.yaml",
            "input": {
                "received": "event.gsmd_north_received",
                "senders": ["+33612345678"],
                "word": "lights",
                "actions": [
                    {
                        "action": "mqtt.publish",
                        "data": {
                            "topic": "house/lights",
                            "payload": "{{ sms['from'] }}: {{ text }}",
                        },
                    },
                    {
                        "action": "script.send_sms",
                        "data": {"to": "{{ sender }}", "message": 'Lights "on" for {{ contact }}'},
                    },
                ],
            },
        },
    },
    {
        "id": "notify",
        "triggers": [{"trigger": "mqtt", "topic": "house/notify"}],
        "actions": [
            {
                "action": "notify.send_message",
                "target": {"entity_id": "notify.gsmd_north_sms_to_anna"},
                "data": {"message": "{{ trigger.payload }}"},
            }
        ],
    },
    {
        "id": "ask_the_van",
        "triggers": [{"trigger": "mqtt", "topic": "house/van"}],
        "actions": [
            {"action": "button.press", "target": {"entity_id": "button.van_position"}},
            {
                "action": "text.set_value",
                "target": {"entity_id": "text.van_speed"},
                "data": {"value": "90"},
            },
        ],
    },
]


class House:
    """Home Assistant in ``root``, whose broker is at ``port`` of loopback."""

    def __init__(self, root: Path, port: int, automations: list[dict[str, Any]]) -> None:
        self._root = root
        self._port = port
        self._automations = automations
        self._process: asyncio.subprocess.Process | None = None
        self.log = root / "config/home-assistant.log"

    async def start(self) -> None:
        """Begin with an empty house."""
        config = self._root / "config"
        shutil.rmtree(config, ignore_errors=True)
        (config / ".storage").mkdir(parents=True)
        (config / "configuration.yaml").write_text(
            "homeassistant: {name: House, country: FR, time_zone: UTC, unit_system: metric, currency: EUR, latitude: 48, longitude: 2, elevation: 0}\n"
            "http: {server_host: 127.0.0.1, server_port: 18123}\n"
            "logger: {default: warning, logs: {homeassistant.components.mqtt: info}}\n"
            "automation: !include automations.yaml\n"
            "script: {send_sms: {use_blueprint: {path: gsmd/send_sms.yaml, input: {}}}}\n"
        )
        for domain, name in (("automation", "sms_received"), ("script", "send_sms")):
            folder = config / "blueprints" / domain / "gsmd"
            folder.mkdir(parents=True)
            shutil.copy(EXAMPLES / f"{name}.yaml", folder)
        (config / "automations.yaml").write_text(json.dumps(self._automations))
        (config / ".storage/core.config_entries").write_text(json.dumps(self._entries()))
        self._process = await asyncio.create_subprocess_exec(
            *("unshare", "--mount", "sh", "-c", IN_THE_HOUSE, "sh", str(self._root)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def stop(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()

    @property
    def registry(self) -> list[dict[str, Any]]:
        """The entities that it has written down."""
        path = self._root / "config/.storage/core.entity_registry"
        found: list[dict[str, Any]] = (
            json.loads(path.read_text())["data"]["entities"] if path.exists() else []
        )
        return found

    def _entries(self) -> dict[str, Any]:
        at = "2026-01-01T00:00:00+00:00"
        entry: dict[str, Any] = {
            "created_at": at,
            "modified_at": at,
            "domain": "mqtt",
            "entry_id": "01JMQTT",
            "data": {"broker": "127.0.0.1", "port": self._port, "protocol": "5"},
            "discovery_keys": {},
            "disabled_by": None,
            "options": {},
            "subentries": [],
            "pref_disable_new_entities": False,
            "pref_disable_polling": False,
            "source": "user",
            "title": "broker",
            "unique_id": None,
            "version": 2,
            "minor_version": 1,
        }
        return {
            "version": 1,
            "minor_version": 5,
            "key": "core.config_entries",
            "data": {"entries": [entry]},
        }
