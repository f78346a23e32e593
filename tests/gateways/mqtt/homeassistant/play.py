"""Does a real Home Assistant see what we tell it? ``python -m tests.gateways.mqtt.homeassistant.play ROOT``.

ROOT is a Debian with Home Assistant in /srv/ha (``make homeassistant`` makes one). Modems that are simulated, mosquitto, the
gateway and Home Assistant run; what is said here was seen in Home Assistant's own states and automations.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.gateways.mqtt.homeassistant.house import ASK, AUTOMATIONS, TOLD, House
from tests.gateways.mqtt.mosquitto import program
from tests.gateways.mqtt.scene import ANNA, Scene, scene

PATIENCE = 120.0
"""Seconds for Home Assistant's start, the first on a machine compiles it."""

VAN = "+33600000077"

ENTITIES = {
    *("sensor.gsmd_north_signal", "sensor.gsmd_north_network", "sensor.gsmd_north_sim_use"),
    *("sensor.gsmd_north_state", "sensor.gsmd_north_sent", "sensor.gsmd_north_received_parts"),
    *("sensor.gsmd_north_queue", "binary_sensor.gsmd_north_ready"),
    *("binary_sensor.gsmd_north_sim_full", "binary_sensor.gsmd_north_trouble"),
    *("event.gsmd_north_received", "notify.gsmd_north_sms_to_anna"),
    *("button.gsmd_north_restart_modem", "button.van_position", "text.van_speed"),
    *("sensor.van_lat", "sensor.van_lon", "sensor.van_last_answer"),
}

SECTION: dict[str, Any] = {
    "may": ["admin"],
    "contacts": {"anna": ANNA},
    "devices": [
        {
            "name": "van",
            "number": VAN,
            "commands": [
                {"name": "position", "text": "getinfo"},
                {"name": "speed", "text": "setlimit {value}"},
            ],
            "parse": [r"lat:(?P<lat>[0-9.]+) lon:(?P<lon>[0-9.]+)"],
        }
    ],
}


def say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {what}", flush=True)


async def main(root: Path) -> None:
    """Errors: AssertionError and TimeoutError say what Home Assistant did not do."""
    with tempfile.TemporaryDirectory() as directory:
        keywords = {"table": [{"word": "ALARM", "reply": "understood"}]}
        daemon = {"keywords": keywords, "outbound": {"report": True}}
        async with (
            scene(Path(directory), daemon=daemon, **SECTION) as it,
            program(it.broker, "house/#", "gsmd/#", name="witness") as witness,
        ):
            trigger = {
                "trigger": "mqtt",
                "topic": "gsmd/north/keyword",
                "payload": "ALARM",
            }
            alarm = {
                "id": "alarm",
                "triggers": [trigger],
                "actions": [
                    {"action": "mqtt.publish", "data": {"topic": "house/alarm", "payload": "on"}}
                ],
            }
            house = House(root, it.broker.port, [*AUTOMATIONS, alarm])
            await house.start()
            try:
                await play(it, witness, house)
            except BaseException:
                if house.log.exists():
                    print(house.log.read_text()[-4000:])
                raise
            finally:
                await house.stop()
            faults = [
                line
                for line in house.log.read_text().splitlines()
                if "mqtt" in line and ("ERROR" in line or "WARNING" in line)
            ]
            assert not faults, faults
    say("all of it, and no complaint about MQTT in Home Assistant's log")


async def play(it: Scene, witness: Any, house: House) -> None:
    states = await asked(witness, lambda told: set(told) >= ENTITIES)
    say(f"{len(ENTITIES)} entities are there")
    states = await asked(witness, lambda told: told["binary_sensor.gsmd_north_ready"] == "on")
    states = await asked(witness, lambda told: told["sensor.gsmd_north_state"] == "ready")
    assert float(states["sensor.gsmd_north_signal"]) < 0, states
    assert states["binary_sensor.gsmd_north_trouble"] == "off"
    say(f"the signal is {states['sensor.gsmd_north_signal']} dBm")
    await it.comes("door open 🎉")
    told = await witness.until("house/received")
    assert told.json == {"from": ANNA, "text": "door open 🎉", "type": "sms"}
    say("an SMS came in and triggered an automation")
    await it.comes("alarm please")
    await witness.until("house/alarm")
    say("a keyword triggered an automation")
    await it.comes("lights on", "+33699999999")
    await it.comes("Lights, please")
    told = await witness.until("house/lights")
    assert told.payload.decode() == f"{ANNA}: Lights, please", told.payload
    await witness.until(
        "gsmd/sent", lambda h: h.json.get("state") == "delivered" and h.json["to"] == ANNA
    )
    assert 'Lights "on" for anna' in [sms.text for sms in it.phone().received]
    say("the blueprints: a word of one sender triggered, a script answered")
    witness.publish("house/notify", "the house says hello")
    await witness.until_count("gsmd/sent", 2, lambda h: h.json.get("state") == "delivered")
    assert "the house says hello" in [sms.text for sms in it.phone().received]
    say("notify.send_message sent an SMS")
    van = it.phone(VAN)
    van.listeners.append(
        lambda sms: (
            van.send(it.rig.sim.number, "lat:48.85 lon:2.35") if sms.text == "getinfo" else None
        )
    )
    witness.publish("house/van", "")
    states = await asked(witness, lambda told: told["sensor.van_lat"] == "48.85")
    say("a button asked a device behind SMS, and its answer is a sensor's value")
    assert "setlimit 90" in [sms.text for sms in van.received]
    await it.daemon_stops()
    await asked(witness, lambda told: told["sensor.gsmd_north_signal"] == "unavailable")
    say("without the daemon the modem is unavailable")
    await it.daemon_starts(outbound={"report": True})
    await asked(witness, lambda told: told["sensor.gsmd_north_state"] == "ready")
    say("and available again")


async def asked(witness: Any, fits: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    """The states of all entities, once they fit."""
    told: dict[str, str] = {}
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                count = len(witness.on(TOLD))
                witness.publish(ASK, "", qos=0)
                try:
                    async with asyncio.timeout(2):
                        await witness.until_count(TOLD, count + 1)
                except TimeoutError:
                    continue
                told = dict(witness.on(TOLD)[-1].json)
                if fits(told):
                    return told
                await asyncio.sleep(0.3)
    except TimeoutError:
        lacking = sorted(ENTITIES - set(told))
        raise AssertionError(f"not there: {lacking}; {told}") from None


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
