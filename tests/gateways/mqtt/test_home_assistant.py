"""How modems introduce themselves to Home Assistant. ``make homeassistant`` asks a real one."""

from pathlib import Path
from typing import Any

from gsmd.gateways.mqtt.discovery import MODEM_STATES
from gsmd.modem.state import ModemState
from tests.gateways.mqtt.scene import ANNA, scene
from tests.tools import needs

pytestmark = needs("mosquitto")

CONFIG = "homeassistant/device/gsmd_8900101000000000011/config"


async def test_a_modem_introduces_itself_with_all_entities(tmp_path: Path) -> None:
    words = {"keywords": {"table": [{"word": "ALARM", "reply": "understood"}]}}
    async with scene(tmp_path, contacts={"anna": ANNA}, daemon=words) as it:
        told = (await it.program.until("homeassistant/device/+/config")).json
        kinds = {key: component["p"] for key, component in told["cmps"].items()}
        assert kinds == {
            **dict.fromkeys(("signal", "operator", "sim", "state", "sent"), "sensor"),
            **dict.fromkeys(("received_count", "queued"), "sensor"),
            **dict.fromkeys(("sim_full", "trouble", "ready"), "binary_sensor"),
            "received": "event",
            "notify_anna": "notify",
            "restart": "button",
            "keyword_ALARM": "device_automation",
        }
        assert told["dev"]["name"] == "gsmd north"
        assert {each["t"] for each in told["avty"]} == {
            "gsmd/bridge/state",
            "gsmd/north/availability",
        }
        assert len({each.get("uniq_id") for each in told["cmps"].values()}) == len(kinds)
        assert not told["cmps"]["restart"]["en"]  # that needs admin


async def test_it_introduces_itself_again_when_home_assistant_starts(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        first = await it.program.until("homeassistant/device/+/config")
        it.program.heard.clear()
        it.program.publish("homeassistant/status", "online", qos=0)
        again = await it.program.until("homeassistant/device/+/config")
        assert again.payload == first.payload
        await it.program.until("gsmd/north/availability")


async def test_without_discovery_nothing_is_said(tmp_path: Path) -> None:
    async with scene(tmp_path, discovery=None) as it:
        await it.program.until("gsmd/north")
        assert not it.program.on("homeassistant/#")


async def test_each_of_several_modems_notifies_a_contact_itself(tmp_path: Path) -> None:
    async with scene(tmp_path, modems=("north", "south"), contacts={"anna": ANNA}) as it:

        def of(name: str) -> Any:
            return lambda h: h.json["dev"]["name"] == f"gsmd {name}"

        for name in ("north", "south"):
            told = (await it.program.until("homeassistant/device/+/config", of(name))).json
            template = told["cmps"]["notify_anna"]["cmd_tpl"]
            assert template == f'{{"to":"anna","modem":"{name}","text":{{{{ value | tojson }}}}}}'
        filled = template.replace("{{ value | tojson }}", '"hello"')
        it.program.publish("gsmd/send", filled)
        await it.program.until("gsmd/sent", lambda h: h.json.get("state") == "sent")
        (sent,) = (await it.client.list(direction="outbound")).messages
        assert (sent.modem, sent.peer) == ("south", ANNA)


def test_every_state_of_a_modem_is_known_to_the_enumeration() -> None:
    assert set(MODEM_STATES) == {str(each) for each in ModemState}
