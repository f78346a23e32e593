"""What is published to be sent: once each, with an answer and an end."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gsmd.client import NoDaemon
from gsmd.protocol.messages import SENDING
from tests.gateways.mqtt.scene import ANNA, scene
from tests.tools import needs

pytestmark = needs("mosquitto")

REPORTS = {"outbound": {"report": True, "country": "FR"}}


async def test_a_message_is_sent_and_its_answer_and_end_are_told(tmp_path: Path) -> None:
    async with scene(tmp_path, daemon=REPORTS) as it:
        it.program.publish("gsmd/send", {"to": ANNA, "text": "hello", "transaction": 7})
        accepted = await it.program.until("gsmd/sent")
        end = await it.program.until("gsmd/sent", lambda h: h.json["state"] == "delivered")
        assert accepted.json["status"] == "ok"
        assert accepted.json["transaction"] == 7
        assert end.json["id"] == accepted.json["id"]
        assert end.json["transaction"] == 7
        assert not end.retain
        assert [sms.text for sms in it.phone().received] == ["hello"]


async def test_an_end_that_comes_ahead_of_a_lost_answer_is_told_with_what_was_said(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, daemon=REPORTS) as it:
        outbox = it.gateway._outbox
        real_ask, real_settled = outbox._ask, outbox.settled
        looked_for = asyncio.Event()
        tries = 0

        async def ask(method: str, params: Mapping[str, Any]) -> Any:
            nonlocal tries
            if method != SENDING.name:
                return await real_ask(method, params)
            tries += 1
            if tries > 1:  # the end is there by now, and nobody knows yet what it is the end of
                await looked_for.wait()
                return await real_ask(method, params)
            await real_ask(method, params)
            raise NoDaemon("the connection was lost", reason="connection_lost")

        async def settled() -> None:
            looked_for.set()
            await real_settled()

        outbox._ask, outbox.settled = ask, settled  # type: ignore[method-assign] # stand in for the real ones
        it.program.publish("gsmd/send", {"to": ANNA, "text": "hello", "transaction": 7})
        end = await it.program.until("gsmd/sent", lambda h: h.json["state"] == "delivered")
        assert end.json["transaction"] == 7
        assert tries == 2
        assert [sms.text for sms in it.phone().received] == ["hello"]


async def test_a_recipient_who_refuses_is_an_end_with_an_error(tmp_path: Path) -> None:
    async with scene(tmp_path, daemon=REPORTS) as it:
        it.phone().rejects = True
        it.program.publish("gsmd/send", {"to": ANNA, "text": "hello", "transaction": "x"})
        end = await it.program.until("gsmd/sent", lambda h: h.json.get("state") == "failed")
        assert end.json["status"] == "error"
        assert end.json["transaction"] == "x"
        assert end.json["error"]["reason"]


async def test_two_equal_publications_are_two_messages(tmp_path: Path) -> None:
    async with scene(tmp_path, daemon=REPORTS) as it:
        it.program.publish("gsmd/send", {"to": ANNA, "text": "alarm"})
        it.program.publish("gsmd/send", {"to": ANNA, "text": "alarm"})
        it.program.publish("gsmd/send", {"to": ANNA, "text": "last"})
        await it.program.until_count("gsmd/sent", 3, lambda h: h.json["state"] == "delivered")
        assert [sms.text for sms in it.phone().received] == ["alarm", "alarm", "last"]


async def test_a_key_makes_two_publications_one_message(tmp_path: Path) -> None:
    async with scene(tmp_path, daemon=REPORTS) as it:
        for transaction in (1, 2):
            told = {"to": ANNA, "text": "alarm", "key": "fire", "transaction": transaction}
            it.program.publish("gsmd/send", told)
        first = await it.program.until("gsmd/sent", lambda h: h.json["transaction"] == 1)
        second = await it.program.until("gsmd/sent", lambda h: h.json["transaction"] == 2)
        assert first.json["id"] == second.json["id"]


async def test_a_raw_text_goes_to_digits_or_a_contact(tmp_path: Path) -> None:
    words = ["33612345678", "anna", "0612345678"]
    async with scene(tmp_path, daemon=REPORTS, contacts={"anna": ANNA}) as it:
        for word in words:
            it.program.publish(f"gsmd/send/{word}", f"Grüße 🎉 {word}")
        await it.program.until_count("gsmd/sent", 3, lambda h: h.json["state"] == "delivered")
        assert [sms.text for sms in it.phone().received] == [f"Grüße 🎉 {word}" for word in words]


async def test_a_recipient_that_a_template_made_a_number_of_is_one(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.program.publish("gsmd/send", {"to": int(ANNA), "text": "hello"})
        told = await it.program.until("gsmd/sent")
        assert told.json["to"] == ANNA


async def test_what_is_retained_is_not_sent_again_whenever_the_gateway_starts(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, daemon=REPORTS) as it:
        it.program.publish("gsmd/send", {"to": ANNA, "text": "once"}, retain=True)
        await it.program.until("gsmd/sent", lambda h: h.json["state"] == "delivered")
        await it.gateway.drain()
        async with it.at_work(client_id="other"):
            it.program.publish("gsmd/send", {"to": ANNA, "text": "later", "transaction": 2})
            await it.program.until("gsmd/sent", lambda h: h.json.get("transaction") == 2)
        sent = (await it.client.list(direction="outbound")).messages
        assert sorted(each.text or "" for each in sent) == ["later", "once"]


UNSENDABLE: list[tuple[str, bytes, str | None]] = [
    ("gsmd/send", b"no json", "not_json"),
    ("gsmd/send", b"[" * 50_000, "not_json"),
    ("gsmd/send", b'{"to": "+33612345678", "text": "\xff"}', "not_json"),
    ("gsmd/send", b"[1]", "not_an_object"),
    ("gsmd/send", b"", None),
    ("gsmd/send", b'{"to": "nobody", "text": "x"}', None),
    ("gsmd/send", b'{"to": {"a": 1}, "text": "x"}', None),
    ("gsmd/send", b'{"to": "+33612345678", "text": "x", "key": 1e400}', "not_json"),
    ("gsmd/send", b'{"to": "+33612345678", "text": "x", "what": 1}', None),
    ("gsmd/send", b'{"to": "+33612345678", "text": "x", "send_within": "never"}', None),
    ("gsmd/send/33612345678", b"\xff\xfe", "not_utf8"),
    ("gsmd/send/33612345678", b"", None),
    ("gsmd/send/nobody", b"x", "no_such_contact"),
    ("gsmd/send/\u0661\u0662\u0663", b"x", "no_such_contact"),
]


async def test_what_cannot_be_sent_is_answered_with_an_error(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        for count, (topic, payload, reason) in enumerate(UNSENDABLE, 1):
            it.program.publish(topic, payload)
            await it.program.until_count("gsmd/sent", count)
            told = it.program.on("gsmd/sent")[-1].json
            assert told["status"] == "error", topic
            assert told["error"]["message"]
            assert reason in (None, told["error"]["data"].get("reason"))


async def test_with_a_list_of_recipients_nobody_else_is_written_to(tmp_path: Path) -> None:
    allowed = ["+447*", "+33611111111"]
    async with scene(tmp_path, recipients=allowed, contacts={"anna": ANNA}) as it:
        for number, to in enumerate(("+33699999999", "+447700900123", "+33 6 11 11 11 11", "anna")):
            it.program.publish("gsmd/send", {"to": to, "text": "x", "transaction": number})
        refused = await it.program.until("gsmd/sent", lambda h: h.json["transaction"] == 0)
        assert refused.json["error"]["data"]["reason"] == "recipient_not_allowed"
        assert refused.json["error"]["code"] == 4
        told = await it.program.until("gsmd/sent", lambda h: h.json["transaction"] == 1)
        assert told.json["status"] == "ok"
        told = await it.program.until("gsmd/sent", lambda h: h.json["transaction"] == 3)
        assert told.json["status"] == "ok"
        it.program.publish("gsmd/bridge/request/verify.start", {"to": "+33699999999"})
        answer = await it.program.until("gsmd/bridge/response/verify.start")
        assert answer.json["error"]["data"]["reason"] == "recipient_not_allowed"


async def test_who_opted_out_is_written_to_only_by_those_who_may(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        wanted = {"to": ANNA, "text": "x", "override": True}
        it.program.publish("gsmd/send", wanted)
        told = await it.program.until("gsmd/sent")
        assert told.json["error"]["data"]["reason"] == "missing_role"
        it.program.publish("gsmd/bridge/request/messages.send", wanted)
        told = await it.program.until("gsmd/bridge/response/messages.send")
        assert told.json["error"]["data"]["reason"] == "missing_role"


async def test_without_the_right_to_send_nothing_is_sent(tmp_path: Path) -> None:
    async with scene(tmp_path, may=["read"]) as it:
        it.program.publish("gsmd/send", {"to": ANNA, "text": "x"})
        told = await it.program.until("gsmd/sent")
        assert told.json["error"]["data"]["reason"] == "missing_role"
