"""Methods of the socket by request and response."""

from pathlib import Path
from typing import Any

from gsmd.protocol.method import Role
from gsmd.protocol.methods import METHODS
from tests.gateways.mqtt.mosquitto import program
from tests.gateways.mqtt.scene import ANNA, scene
from tests.tools import needs

pytestmark = needs("mosquitto")

NOT_OVER_MQTT = {
    *("inbox.subscribe", "inbox.unsubscribe", "events.subscribe", "events.unsubscribe"),
    *(name for name in METHODS if name.startswith("carriers.")),
}


async def test_a_method_is_asked_for_and_answered(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.program.publish("gsmd/bridge/request/modems.get", {"modem": "north", "transaction": "t"})
        answer = await it.program.until("gsmd/bridge/response/modems.get")
        assert answer.json["status"] == "ok"
        assert answer.json["transaction"] == "t"
        assert answer.json["data"]["name"] == "north"
        it.program.publish("gsmd/bridge/request/modems.list", "")
        answer = await it.program.until("gsmd/bridge/response/modems.list")
        assert set(answer.json) == {"status", "data"}


async def test_an_error_is_the_sockets_own_object(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.program.publish("gsmd/bridge/request/modems.get", {"modem": "x", "transaction": 1})
        answer = await it.program.until("gsmd/bridge/response/modems.get")
        assert answer.json["status"] == "error"
        assert answer.json["transaction"] == 1
        assert answer.json["error"]["code"] == 2
        assert answer.json["error"]["message"]
        assert answer.json["error"]["data"]["reason"]


async def test_every_method_is_answered(tmp_path: Path) -> None:
    async with scene(tmp_path, may=[str(each) for each in Role]) as it:
        for name in METHODS:
            it.program.publish(f"gsmd/bridge/request/{name}", {"transaction": name, "modem": "?"})
        for name in METHODS:
            answer = await it.program.until(f"gsmd/bridge/response/{name}")
            assert answer.json["transaction"] == name
            refused = answer.json.get("error", {}).get("data", {}).get("reason")
            assert (refused == "no_such_method") == (name in NOT_OVER_MQTT), answer.json


async def test_what_the_rights_do_not_give_is_refused(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.program.publish("gsmd/bridge/request/modems.reset", {"modem": "north"})
        answer = await it.program.until("gsmd/bridge/response/modems.reset")
        assert answer.json["error"]["code"] == 4
        assert answer.json["error"]["data"]["reason"] == "missing_role"


async def test_a_response_topic_and_correlation_data_are_honoured(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, program(it.broker, "mine/#", name="other") as other:
        properties: dict[str, Any] = {
            "ResponseTopic": "mine/answers",
            "CorrelationData": b"\x00\x01",
        }
        other.publish("gsmd/bridge/request/server.info", "", **properties)
        answer = await other.until("mine/answers")
        assert answer.json["status"] == "ok"
        assert answer.properties.CorrelationData == b"\x00\x01"


async def test_an_answer_cannot_be_led_where_it_would_mean_something(tmp_path: Path) -> None:
    topics = ["gsmd/send", "gsmd/north/received", "homeassistant/status"]
    async with scene(tmp_path) as it:
        for topic in topics:
            it.program.publish("gsmd/bridge/request/server.info", "", ResponseTopic=topic)
        await it.program.until_count("gsmd/bridge/response/server.info", len(topics))
        led = [each for topic in topics for each in it.program.on(topic)]
        assert not [each for each in led if b"status" in each.payload]


async def test_what_is_no_method_is_answered_with_an_error(tmp_path: Path) -> None:
    names = ["x", "messages.send/x", "__class__", "a" * 1000, "é", "inbox.subscribe"]
    async with scene(tmp_path) as it:
        for count, name in enumerate(names, 1):
            it.program.publish(f"gsmd/bridge/request/{name}", "{}")
            await it.program.until_count("gsmd/bridge/response/#", count)
            answer = it.program.on("gsmd/bridge/response/#")[-1]
            assert answer.json["error"]["data"]["reason"] == "no_such_method", name


async def test_while_the_daemon_is_away_requests_are_refused_and_sends_wait(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        await it.daemon_stops()
        await it.program.until("gsmd/north/availability", lambda h: h.payload == b"offline")
        it.program.publish("gsmd/bridge/request/modems.list", {"transaction": 1})
        answer = await it.program.until("gsmd/bridge/response/modems.list")
        assert answer.json["error"]["data"]["reason"] == "daemon_away"
        it.program.publish("gsmd/send", {"to": ANNA, "text": "kept", "transaction": 2})
        told = await it.program.until("gsmd/sent")
        assert told.json["status"] == "waiting"
        assert told.json["transaction"] == 2
        assert told.json["error"]["data"]["reason"] == "daemon_away"
        await it.daemon_starts()
        await it.program.until("gsmd/sent", lambda h: h.json.get("state") == "sent")
        assert [sms.text for sms in it.phone().received] == ["kept"]


async def test_what_waited_longer_than_it_is_good_for_is_not_sent(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        await it.daemon_stops()
        await it.program.until("gsmd/north/availability", lambda h: h.payload == b"offline")
        late = {"to": ANNA, "text": "late", "transaction": 1, "send_within": 0.05}
        it.program.publish("gsmd/send", late)
        await it.program.until("gsmd/sent", lambda h: h.json["status"] == "waiting")
        await it.daemon_starts()
        end = await it.program.until("gsmd/sent", lambda h: h.json["status"] == "error")
        assert end.json["error"]["data"]["reason"] == "expired"
        assert not it.phone().received
