"""Twilio's own library, with another address to send to."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from gsmd.gateways.web.compat.twilio_signing import hmac_sha1, key_of, sha1
from gsmd.protocol.method import Role
from tests.gateways.web.compat.stage import NUMBER, Ear, Heard, Stage, ear, free_port, keys, stage
from tests.gateways.web.house import house

ACCOUNT = "AC" + "0" * 32

T = TypeVar("T")


async def with_client(it: Stage, token: str, job: Callable[[Any], T]) -> T:
    """Do something with the library, which waits in a thread."""

    def work() -> T:
        http = TwilioHttpClient(pool_connections=False)
        client = Client(ACCOUNT, token, http_client=http)
        client.api.base_url = it.url
        return job(client)

    return await asyncio.to_thread(work)


async def test_a_message_goes_out_and_is_fetched(tmp_path: Path) -> None:
    async with stage(tmp_path, "twilio") as it:
        token = it.web.token()
        sent = await with_client(
            it, token, lambda c: c.messages.create(to=NUMBER, from_="north", body="Good morning")
        )
        assert (sent.status, sent.to, sent.direction) == ("queued", NUMBER, "outbound-api")
        assert await it.arrives() == ["Good morning"]
        found = await with_client(it, token, lambda c: c.messages(sent.sid).fetch())
        assert found.sid == sent.sid
        assert found.date_created is not None
        listed = await with_client(it, token, lambda c: c.messages.list(to=NUMBER))
        assert [each.sid for each in listed] == [sent.sid]


async def test_what_is_wrong_has_twilios_code(tmp_path: Path) -> None:
    async with stage(tmp_path, "twilio") as it:
        token = it.web.token()

        def send(to: str) -> Callable[[Any], Any]:
            return lambda c: c.messages.create(to=to, from_="north", body="hi")

        with pytest.raises(TwilioRestException) as refused:
            await with_client(it, token, send("hello"))
        assert (refused.value.status, refused.value.code) == (400, 21211)
        with pytest.raises(TwilioRestException) as refused:
            await with_client(it, "wrong", send(NUMBER))
        assert (refused.value.status, refused.value.code) == (401, 20003)
        await it.client.call("optout.add", peer=NUMBER)
        with pytest.raises(TwilioRestException) as refused:
            await with_client(it, token, send(NUMBER))
        assert (refused.value.status, refused.value.code) == (400, 21610)
        reader = it.web.token("reader", Role.READ)
        with pytest.raises(TwilioRestException) as refused:
            await with_client(it, reader, send(NUMBER))
        assert (refused.value.status, refused.value.code) == (403, 20403)


async def test_a_message_is_seen_by_who_may(tmp_path: Path) -> None:
    async with stage(tmp_path, "twilio") as it:
        sent = await with_client(
            it, it.web.token(), lambda c: c.messages.create(to=NUMBER, from_="x", body="hi")
        )
        other = it.web.token("other", Role.READ, narrowed={"tags": ["news"]})
        with pytest.raises(TwilioRestException) as refused:
            await with_client(it, other, lambda c: c.messages(sent.sid).fetch())
        assert refused.value.status == 403


def is_signed(other: Ear, heard: Heard, token: str) -> bool:
    return bool(
        RequestValidator(token).validate(
            other.url + heard.target, heard.form, heard.headers["x-twilio-signature"]
        )
    )


async def test_what_became_of_a_message_is_posted_and_signed(tmp_path: Path) -> None:
    async with stage(tmp_path, "twilio") as it, ear() as other:
        token = it.web.token()
        url = f"{other.url}/status?shop=1"
        sent = await with_client(
            it,
            token,
            lambda c: c.messages.create(to=NUMBER, from_="x", body="hi", status_callback=url),
        )
        first, second = await other.hear(), await other.hear()
        assert is_signed(other, first, token)
        assert [each.form["MessageStatus"] for each in (first, second)] == ["sent", "delivered"]
        assert {each.form["MessageSid"] for each in (first, second)} == {sent.sid}


async def test_no_call_leads_to_a_private_address(tmp_path: Path) -> None:
    async with stage(tmp_path, text="compat: [twilio], rate: {per_address: null}") as it:
        with pytest.raises(TwilioRestException) as refused:
            await with_client(
                it,
                it.web.token(),
                lambda c: c.messages.create(
                    to=NUMBER, from_="x", body="hi", status_callback="http://127.0.0.1/"
                ),
            )
        assert refused.value.status == 400
        assert (await it.client.call("messages.list"))["messages"] == []


async def test_what_comes_in_is_posted_and_answered_with_twiml(tmp_path: Path) -> None:
    async with stage(tmp_path, "twilio") as it, ear() as other:
        token = it.web.token()
        twiml = b"<Response><Message><Body>We are open &amp; well</Body></Message></Response>"
        other.answers = [(200, "text/xml", twiml)]
        (number,) = await with_client(it, token, lambda c: c.incoming_phone_numbers.list())
        url = f"{other.url}/sms"
        changed = await with_client(
            it, token, lambda c: c.incoming_phone_numbers(number.sid).update(sms_url=url)
        )
        assert changed.sms_url == url
        it.came_in("Is the shop open?", NUMBER)
        heard = await other.hear()
        assert is_signed(other, heard, token)
        assert (heard.form["Body"], heard.form["From"]) == ("Is the shop open?", NUMBER)
        assert await it.arrives() == ["We are open & well"]


async def test_a_number_is_left_alone_or_has_its_address_taken_away(tmp_path: Path) -> None:
    async with stage(tmp_path, "twilio") as it:
        token = it.web.token()
        (number,) = await with_client(it, token, lambda c: c.incoming_phone_numbers.list())
        address = f"https://127.0.0.1:{free_port()}/sms"
        changes: tuple[tuple[dict[str, str], str | None], ...] = (
            ({"sms_url": address}, address),
            ({"friendly_name": "shop"}, address),
            ({"sms_url": ""}, None),
        )
        for change, left in changes:
            job = partial(change_number, number.sid, change)
            assert (await with_client(it, token, job)).sms_url == left, change


def change_number(sid: str, change: dict[str, str], client: Any) -> Any:
    return client.incoming_phone_numbers(sid).update(**change)


async def test_while_the_daemon_is_away_a_program_is_told_to_come_again(tmp_path: Path) -> None:
    nowhere = tmp_path / "nobody.sock"
    async with house(tmp_path, keys("twilio", "kannel"), daemon=nowhere) as web:
        token = web.token()
        form = urlencode({"To": NUMBER, "Body": "hi", "StatusCallback": "https://127.0.0.1/"})
        answer = await web.ask(
            "POST",
            "/2010-04-01/Accounts/AC0/Messages.json",
            body=form.encode(),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Authorization": f"Bearer {token}",
            },
        )
        assert (answer.status, answer.header("retry-after")) == (503, "5")
        call = f"/cgi-bin/sendsms?pass={token}&to={NUMBER[1:]}&text=hi"
        answer = await web.ask("GET", f"{call}&dlr-mask=1&dlr-url=https%3A%2F%2F127.0.0.1%2F")
        assert answer.status == 503


def test_what_is_kept_of_a_token_signs_as_the_token_does() -> None:
    for length in (0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 300):
        text = bytes(range(256)) * 2
        assert sha1(text[:length]) == hashlib.sha1(text[:length]).digest()
        for key in ("", "gsmd_short", "k" * 64, "k" * 65):
            expected = hmac.new(key.encode(), text[:length], hashlib.sha1).digest()
            assert hmac_sha1(key_of(key), text[:length]) == expected
