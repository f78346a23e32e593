"""SMSGate's own clients: that for Python, and where it is installed (``make smsgate``) that for Node.js."""

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from android_sms_gateway import client as sms_client
from android_sms_gateway import domain, errors
from android_sms_gateway.enums import ProcessState, WebhookEvent

from gsmd.protocol.method import Role
from tests.gateways.web.compat.stage import NUMBER, Heard, Stage, ear, keys, stage
from tests.gateways.web.house import house
from tests.rig import PATIENCE, rig
from tests.tools import needs

T = TypeVar("T")

PROGRAMS = Path(__file__).parent / "programs"


async def with_client(it: Stage, token: str, job: Callable[[Any], T], login: str | None = "x") -> T:
    """Do something with the client, which waits in a thread."""

    def work() -> T:
        with sms_client.APIClient(login, token, base_url=f"{it.url}/3rdparty/v1") as api:
            return job(api)

    return await asyncio.to_thread(work)


def message(text: str = "hi", *numbers: str, **more: Any) -> Any:
    return domain.Message(
        phone_numbers=list(numbers or (NUMBER,)), text_message=domain.TextMessage(text), **more
    )


def creating(hook: Any) -> Callable[[Any], Any]:
    return lambda api: api.create_webhook(hook)


async def state_of(it: Stage, token: str, id_: str, wanted: ProcessState) -> Any:
    """The message once it is in that state."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await with_client(it, token, lambda api: api.get_state(id_))
            if found.state is wanted:
                return found
            await asyncio.sleep(0.05)


async def test_a_message_goes_out_and_is_told_of(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it:
        token = it.web.token()
        sent = await with_client(it, token, lambda api: api.send(message("Good morning")))
        assert sent.recipients[0].phone_number == NUMBER
        assert await it.arrives() == ["Good morning"]
        found = await state_of(it, token, sent.id, ProcessState.Delivered)
        assert {"Pending", "Sent", "Delivered"} <= found.states.keys()
        listed = await with_client(it, token, lambda api: api.get_messages())
        assert [each.id for each in listed] == [sent.id]


async def test_several_numbers_go_by_one_id_and_once(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it:
        token = it.web.token()
        asked = message("hi", NUMBER, "+33612345679", id="order-17")
        sent = await with_client(it, token, lambda api: api.send(asked))
        assert (sent.id, len(sent.recipients)) == ("order-17", 2)
        with pytest.raises(errors.APIError):
            await with_client(it, token, lambda api: api.send(asked))
        assert len((await it.client.call("messages.list"))["messages"]) == 2


async def test_one_that_waits_is_cancelled(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it:
        token = it.web.token()
        body = {
            "phoneNumbers": [NUMBER],
            "textMessage": {"text": "hi"},
            "scheduleAt": "2100-01-01T00:00:00Z",
            "id": "a",
        }
        answer = await it.web.ask("POST", "/3rdparty/v1/messages", token=token, json=body)
        assert (answer.status, answer.json["state"]) == (202, "Pending")
        await with_client(it, token, lambda api: api.cancel_message("a"))
        await state_of(it, token, "a", ProcessState.Cancelled)


async def test_a_token_that_may_only_read_sends_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it:
        reader = it.web.token("reader", Role.READ)
        with pytest.raises(errors.APIError) as refused:
            await with_client(it, reader, lambda api: api.send(message()))
        assert refused.value.status_code == 403
        with pytest.raises(errors.APIError) as refused:
            await with_client(it, "wrong", lambda api: api.send(message()))
        assert refused.value.status_code == 401


async def test_a_narrowed_token_sends_by_its_modem_alone(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it:
        token = it.web.token("bot", Role.SEND, narrowed={"modems": ["south"]})
        with pytest.raises(errors.APIError) as refused:
            await with_client(it, token, lambda api: api.send(message(device_id="north")))
        assert refused.value.status_code == 403


async def test_what_came_in_stands_in_the_inbox(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it:
        came = await it.received("Is the shop open?")
        found = await with_client(it, it.web.token(), lambda api: api.list_inbox_messages())
        assert [(e.id, e.content_preview, e.sender, e.sim_number) for e in found] == [
            (came["id"], "Is the shop open?", came["peer"], 1)
        ]


async def test_devices_and_health_are_told(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it:
        token = it.web.token()
        devices = await with_client(it, token, lambda api: api.list_devices())
        assert [each.id for each in devices] == ["north"]
        health = await with_client(it, token, lambda api: api.health_check())
        assert health.status.value == "pass"


def signed(heard: Heard, key: str) -> bool:
    text = heard.body + heard.headers["x-timestamp"].encode()
    return heard.headers["x-signature"] == hmac.new(key.encode(), text, hashlib.sha256).hexdigest()


async def test_web_hooks_hear_what_came_in_and_what_became_of_it(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it, ear() as other:
        token = it.web.token()
        for event in ("SMS_RECEIVED", "SMS_SENT", "SMS_DELIVERED"):
            hook = domain.Webhook(id=None, url=f"{other.url}/{event}", event=WebhookEvent[event])
            made = await with_client(it, token, creating(hook))
            assert made.id
        settings = await with_client(it, token, lambda api: api.get_settings())
        key = settings.webhooks.signing_key
        it.came_in("Is the shop open?")
        heard = await other.hear()
        told = json.loads(heard.body)
        assert signed(heard, key)
        assert (told["event"], told["payload"]["message"]) == ("sms:received", "Is the shop open?")
        sent = await with_client(it, token, lambda api: api.send(message("hi")))
        events = [json.loads((await other.hear()).body) for _ in range(2)]
        assert [each["event"] for each in events] == ["sms:sent", "sms:delivered"]
        assert {each["payload"]["messageId"] for each in events} == {sent.id}


async def test_a_web_hook_that_fails_is_called_again(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it, ear() as other:
        token = it.web.token()
        hook = domain.Webhook(id="h", url=other.url, event=WebhookEvent.SMS_RECEIVED)
        other.answers = [(500, "text/plain", b"no")]
        await with_client(it, token, lambda api: api.create_webhook(hook))
        it.came_in("hello")
        first, second = await other.hear(), await other.hear()
        assert json.loads(first.body)["id"] == json.loads(second.body)["id"]


async def test_what_happened_while_the_gateway_was_away_is_told_later(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client, ear() as other:
        await it.ready(client)
        async with house(tmp_path, keys("smsgate"), daemon=it.socket) as web:
            scene = Stage(it, client, web, it.network.phone(NUMBER))
            token = web.token()
            for event in (WebhookEvent.SMS_RECEIVED, WebhookEvent.SMS_CANCELLED):
                hook = domain.Webhook(id=None, url=other.url, event=event)
                await with_client(scene, token, creating(hook))
            body = {"phoneNumbers": [NUMBER], "textMessage": {"text": "hi"}, "id": "a"}
            later = {"scheduleAt": "2100-01-01T00:00:00Z"}
            answer = await web.ask(
                "POST", "/3rdparty/v1/messages", token=token, json={**body, **later}
            )
            assert answer.status == 202
        (waiting,) = (await client.call("messages.list"))["messages"]
        await client.call("messages.cancel", id=waiting["id"])
        scene.came_in("hello")
        async with house(tmp_path, keys("smsgate"), daemon=it.socket):
            events = {json.loads((await other.hear()).body)["event"] for _ in range(2)}
            assert events == {"sms:received", "sms:cancelled"}


async def test_hooks_lead_to_no_private_address(tmp_path: Path) -> None:
    text = "compat: [smsgate], rate: {per_address: null}"
    async with stage(tmp_path, text=text) as it:
        for url in ("http://127.0.0.1:1/", "https://169.254.169.254/", "https://10.0.0.1/"):
            body = {"url": url, "event": "sms:received"}
            answer = await it.web.ask(
                "POST", "/3rdparty/v1/webhooks", token=it.web.token(), json=body
            )
            assert answer.status == 400, url


async def test_access_tokens_have_their_scopes_and_end_with_the_account(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it:
        token = it.web.token()
        request = domain.TokenRequest(scopes=["messages:send"], ttl=600)
        made = await with_client(it, token, lambda api: api.generate_token(request))
        access = made.access_token
        await with_client(it, access, lambda api: api.send(message("hi")), login=None)
        with pytest.raises(errors.APIError):
            await with_client(it, access, lambda api: api.list_devices(), login=None)
        again = await with_client(it, token, lambda api: api.refresh_token(made.refresh_token))
        await with_client(it, again.access_token, lambda api: api.send(message("ho")), login=None)
        with pytest.raises(errors.APIError):
            await with_client(it, token, lambda api: api.refresh_token(made.refresh_token))
        await with_client(it, token, lambda api: api.revoke_token(made.id))
        with pytest.raises(errors.APIError) as refused:
            await with_client(it, access, lambda api: api.send(message()), login=None)
        assert refused.value.status_code == 401


CLIENT = Path(os.environ.get("GSMD_SMSGATE", "build/smsgate")).absolute() / "node_modules"


@pytest.mark.peer
@needs("node")
@pytest.mark.skipif(
    not (CLIENT / "android-sms-gateway").exists(), reason="its npm client: make smsgate has it"
)
async def test_its_client_for_node_sends_looks_and_has_web_hooks(tmp_path: Path) -> None:
    async with stage(tmp_path, "smsgate") as it, ear() as other:
        base, program = f"{it.url}/3rdparty/v1", PROGRAMS / "smsgate.cjs"
        running = await asyncio.create_subprocess_exec(
            *("node", program, base, "x", it.web.token(), NUMBER, other.url),
            env={**os.environ, "NODE_PATH": str(CLIENT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE):
            output, errors = await running.communicate()
        assert running.returncode == 0, errors.decode()
        told = json.loads(output)
        assert (told["devices"], told["health"], told["left"]) == (["north"], "pass", 0)
        assert told["recipients"] == [{"phoneNumber": NUMBER, "state": "Delivered"}]
        assert told["hooks"] == ["sms:delivered"]
        assert await it.arrives() == ["from node"]
