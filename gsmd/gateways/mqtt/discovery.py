"""How modems, and devices behind SMS, introduce themselves to Home Assistant: one message each, with all entities.

Home Assistant's MQTT integration, «device discovery»; the abbreviated keys are its own. Nothing here does I/O.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gsmd import __version__
from gsmd.config.mqtt import DeviceConfig
from gsmd.devices import values_of
from gsmd.gateways.mqtt import shapes
from gsmd.gateways.mqtt.topics import HOME_ASSISTANT, Topics
from gsmd.protocol import modems

MODEM_STATES = (
    *("absent", "opening", "identifying", "pin-needed", "puk-needed", "sim-missing", "sim-busy"),
    *("registering", "ready", "recovering", "stopped"),
)
"""The states that a modem can have: an enumeration has to name them all."""

_ORIGIN = {"name": "gsmd", "sw": __version__}


class Discovery:
    """Makes the messages. ``words`` are the keywords that automations may wait for."""

    def __init__(
        self,
        topics: Topics,
        contacts: Sequence[str],
        devices: Sequence[DeviceConfig],
        words: Sequence[str],
        *,
        may_reset: bool,
    ) -> None:
        self._topics = topics
        self._contacts = contacts
        self._devices = devices
        self._words = words
        self._may_reset = may_reset

    def messages(self, found: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
        """What is retained for these modems (as `modems.list` has them) and all devices, by topic."""
        all_ = [*found]
        told = {}
        for status in all_:
            ident = _identity(status)
            octets = shapes.encode(self._modem(ident, status, alone=len(all_) == 1))
            told[f"{HOME_ASSISTANT}/device/{ident}/config"] = octets
        for device in self._devices:
            topic = f"{HOME_ASSISTANT}/device/gsmd_device_{device.name}/config"
            told[topic] = shapes.encode(self._device(device))
        return told

    def _modem(self, ident: str, status: Mapping[str, Any], *, alone: bool) -> dict[str, Any]:
        name = status["name"]
        device = {
            "ids": [ident],
            "name": f"gsmd {name}",
            "mf": status["manufacturer"],
            "mdl": status["model"],
            "sw": status["revision"],
            "sn": status["imei"],
        }
        components = {
            **_figures(credit=status["credit"] is not None),
            **self._happenings(name),
            **self._contact_entities(name, alone=alone),
            **self._triggers(name),
        }
        for key, component in components.items():
            if component["p"] != "device_automation":
                component["uniq_id"] = f"{ident}_{key}"
            if component["p"] in ("sensor", "binary_sensor"):
                component.setdefault("stat_t", self._topics.modem(name))
        return {
            "dev": {key: value for key, value in device.items() if value is not None},
            "o": _ORIGIN,
            "avty": [{"t": self._topics.state}, {"t": self._topics.availability(name)}],
            "avty_mode": "all",
            "qos": 1,
            "cmps": components,
        }

    def _happenings(self, name: str) -> dict[str, Any]:
        """What comes in, whether the modem is there, and the button that restarts it."""
        return {
            "ready": {
                "p": "binary_sensor",
                "name": "Ready",
                "dev_cla": "connectivity",
                "ent_cat": "diagnostic",
                "stat_t": self._topics.availability(name),
                "pl_on": "online",
                "pl_off": "offline",
                "avty": [{"t": self._topics.state}],
            },
            "received": {
                "p": "event",
                "name": "Received",
                "ic": "mdi:message-text",
                "stat_t": self._topics.received(name),
                "evt_typ": [*shapes.EVENT_TYPES],
            },
            "restart": {
                "p": "button",
                "name": "Restart modem",
                "dev_cla": "restart",
                "ent_cat": "config",
                "cmd_t": f"{self._topics.base}/bridge/request/{modems.RESET.name}",
                "pl_prs": shapes.encode({"modem": name}).decode(),
                "avty": [{"t": self._topics.state}],
                "en": self._may_reset,
            },
        }

    def _contact_entities(self, name: str, *, alone: bool) -> dict[str, Any]:
        """An entity to notify each contact; where there are several modems, through this one."""
        found = {}
        for contact in self._contacts:
            entity = {"p": "notify", "name": f"SMS to {contact}", "ic": "mdi:message-arrow-right"}
            if alone:
                entity["cmd_t"] = f"{self._topics.send}/{contact}"
            else:
                fixed = shapes.encode({"to": contact, "modem": name}).decode()
                entity["cmd_t"] = self._topics.send
                entity["cmd_tpl"] = f'{fixed[:-1]},"text":{{{{ value | tojson }}}}}}'
            found[f"notify_{contact}"] = entity
        return found

    def _triggers(self, name: str) -> dict[str, Any]:
        return {
            f"keyword_{word}": {
                "p": "device_automation",
                "atype": "trigger",
                "type": "sms",
                "stype": word,
                "t": self._topics.keyword(name),
                "pl": word,
            }
            for word in self._words
        }

    def _device(self, device: DeviceConfig) -> dict[str, Any]:
        ident = f"gsmd_device_{device.name}"
        components: dict[str, Any] = {}
        for value in values_of(device.parse):
            components[f"value_{value}"] = {
                "p": "sensor",
                "name": value,
                "val_tpl": f"{{{{ value_json.get('{value}') }}}}",
            }
        components["seen"] = {
            "p": "sensor",
            "name": "Last answer",
            "dev_cla": "timestamp",
            "ent_cat": "diagnostic",
            "val_tpl": "{{ value_json.get('at') }}",
        }
        for command in device.commands:
            components[f"command_{command.name}"] = self._command(
                device, command.name, command.asks
            )
        for key, component in components.items():
            component["uniq_id"] = f"{ident}_{key}"
            if component["p"] == "sensor":
                component["stat_t"] = self._topics.device(device.name)
        return {
            "dev": {"ids": [ident], "name": device.name, "mdl": "behind SMS"},
            "o": _ORIGIN,
            "avty": [{"t": self._topics.state}],
            "qos": 1,
            "cmps": components,
        }

    def _command(self, device: DeviceConfig, name: str, asks: bool) -> dict[str, Any]:  # noqa: FBT001 -- a property of the command
        shared = {"name": name, "cmd_t": self._topics.command(device.name)}
        if not asks:
            return {"p": "button", "pl_prs": name, **shared}
        fixed = shapes.encode({"command": name}).decode()
        template = f'{fixed[:-1]},"value":{{{{ value | tojson }}}}}}'
        return {"p": "text", "cmd_tpl": template, **shared}


def _identity(status: Mapping[str, Any]) -> str:
    """Whose device it is: the SIM, else the modem, else the name."""
    return f"gsmd_{status['iccid'] or status['imei'] or status['name']}"


def _figures(*, credit: bool) -> dict[str, Any]:
    """Sensors of the retained state; `credit`: it is asked for."""

    def sensor(name: str, template: str, **more: Any) -> dict[str, Any]:
        return {"p": "sensor", "name": name, "val_tpl": f"{{{{ {template} }}}}", **more}

    percent = "(100 * value_json.sim_used / value_json.sim_slots) | round if value_json.sim_slots else None"
    counted: dict[str, Any] = {"stat_cla": "total_increasing"}
    measured: dict[str, Any] = {"stat_cla": "measurement"}
    diagnostic: dict[str, Any] = {"ent_cat": "diagnostic"}
    strength = {"dev_cla": "signal_strength", "unit_of_meas": "dBm"}
    found = {
        "signal": sensor("Signal", "value_json.signal_dbm", **strength, **measured, **diagnostic),
        "operator": sensor("Network", "value_json.operator", ic="mdi:antenna", **diagnostic),
        "sim": sensor("SIM use", percent, unit_of_meas="%", ic="mdi:sim", **measured, **diagnostic),
        "state": sensor(
            "State", "value_json.state", dev_cla="enum", ops=[*MODEM_STATES], **diagnostic
        ),
        "sent": sensor("Sent", "value_json.sent", ic="mdi:message-arrow-right", **counted),
        "received_count": sensor(
            "Received parts", "value_json.received", ic="mdi:message-arrow-left", **counted
        ),
        "queued": sensor("Queue", "value_json.queued", ic="mdi:tray-full", **measured),
        "sim_full": _problem(
            "SIM full", "value_json.sim_slots and value_json.sim_used >= value_json.sim_slots"
        ),
        "trouble": _problem("Trouble", "value_json.troubles"),
    }
    if credit:
        found["credit"] = sensor("Credit", "value_json.credit", ic="mdi:cash", **measured)
    return found


def _problem(name: str, condition: str) -> dict[str, Any]:
    template = f"{{{{ 'ON' if {condition} else 'OFF' }}}}"
    shared = {"dev_cla": "problem", "ent_cat": "diagnostic"}
    return {"p": "binary_sensor", "name": name, "val_tpl": template, **shared}
