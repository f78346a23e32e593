"""Limits on sending, what people have to say once more, and the record of what was done."""

import time
from pathlib import Path
from typing import Any

import pytest

from gsmd.gateways.database import Database
from gsmd.gateways.web.accounts.directory import RECORDED_WITHIN
from gsmd.protocol.method import Role
from tests.gateways.web.compat.stage import NUMBER, stage
from tests.gateways.web.house import PASSWORD, House

MESSAGE = {"to": NUMBER, "text": "hi"}
LATER = "2040-01-01T00:00:00Z"


async def actions(web: House, token: str) -> list[str]:
    answer = await web.ask("GET", "/api/v1/audit", token=token)
    return [each["action"] for each in answer.json["entries"]]


async def test_a_token_sends_no_more_than_it_may(tmp_path: Path) -> None:
    async with stage(tmp_path, text="sends: {per_token: 2/h}") as it:
        token = it.web.token()
        for _ in range(2):
            assert (
                await it.web.ask("POST", "/api/v1/messages", token=token, json=MESSAGE)
            ).status == 201
        answer = await it.web.ask("POST", "/api/v1/send", token=token, json=MESSAGE)
        assert (answer.status, int(answer.header("retry-after")) > 60) == (429, True)
        other = it.web.token("other")
        assert (
            await it.web.ask("POST", "/api/v1/messages", token=other, json=MESSAGE)
        ).status == 201


async def test_a_user_sends_no_more_than_they_may_with_all_their_tokens(tmp_path: Path) -> None:
    async with stage(tmp_path, text="compat: [kannel], sends: {per_user: 2/h}") as it:
        first, second = it.web.token("anna"), it.web.token("anna")
        assert (
            await it.web.ask("POST", "/api/v1/messages", token=first, json=MESSAGE)
        ).status == 201
        path = f"/cgi-bin/sendsms?user=a&pass={second}&to=33612345678&text=hi"
        assert (await it.web.ask("GET", path)).status == 202
        assert (await it.web.ask("GET", path)).status == 429


async def test_a_question_that_is_texted_counts_as_a_message(tmp_path: Path) -> None:
    async with stage(tmp_path, text="sends: {per_token: 1/h}") as it:
        questions = [{"name": "size", "ask": "Which size?"}]
        await it.client.call("forms.create", form="order", questions=questions)
        token = it.web.token()
        path, body = "/api/v1/forms/order/entries", {"to": NUMBER}
        assert (await it.web.ask("POST", path, token=token, json=body)).status == 201
        assert (await it.web.ask("POST", path, token=token, json=body)).status == 429
        path, body = f"/api/v1/consents/{NUMBER}/ask", {"list": "news"}
        assert (await it.web.ask("POST", path, token=token, json=body)).status == 429


async def test_what_goes_out_once_more_counts_too(tmp_path: Path) -> None:
    async with stage(tmp_path, text="sends: {per_token: 2/h}") as it:
        token = it.web.token()
        message = await it.client.call("messages.send", to=NUMBER, text="hi", not_before=LATER)
        await it.client.call("messages.cancel", id=message["id"])
        path = f"/api/v1/messages/{message['id']}/retry"
        assert (await it.web.ask("POST", path, token=token)).status != 429
        path = "/api/v1/handlers/crm/settle"
        answers = {"settle": [{"lease": "a", "reply": "yes"}, {"lease": "b"}]}
        assert (await it.web.ask("POST", path, token=token, json=answers)).status == 200
        assert (await it.web.ask("POST", path, token=token, json=answers)).status == 429
        done = {"settle": [{"lease": "a"}]}
        assert (await it.web.ask("POST", path, token=token, json=done)).status == 200
        path, body = "/api/v1/handlers/crm/redrive", {"id": message["id"]}
        assert (await it.web.ask("POST", path, token=token, json=body)).status == 429
        none = await it.web.ask("POST", path, token=token, json={"all": True})
        assert none.reason == "no_such_handler"
        assert (await it.web.ask("POST", "/api/v1/selftest", token=token, json={})).status == 429


async def test_a_campaign_counts_as_many_as_it_has_recipients(tmp_path: Path) -> None:
    async with stage(tmp_path, text="sends: {per_token: 3/h}") as it:
        token = it.web.token()
        members = [f"+3361234560{n}" for n in range(3)]
        await it.client.call("lists.add", list="news", members=members)
        body = {"list": "news", "text": "hello"}
        started = await it.web.ask("POST", "/api/v1/campaigns", token=token, json=body)
        assert started.status == 201
        again = await it.web.ask("POST", "/api/v1/messages", token=token, json=MESSAGE)
        assert again.status == 429


async def test_a_person_says_how_many_recipients_a_large_campaign_has(tmp_path: Path) -> None:
    async with stage(tmp_path, text="sends: {confirm_over: 2}") as it:
        cookie = await it.web.signed_in("anna", Role.SEND, Role.READ)
        await it.client.call(
            "lists.add", list="news", members=[f"+3361234560{n}" for n in range(3)]
        )
        body = {"list": "news", "text": "hello"}
        path = "/api/v1/campaigns"
        answer = await it.web.ask("POST", path, cookie=cookie, json=body)
        assert (answer.status, answer.reason, answer.json["recipients"]) == (
            409,
            "confirm_recipients",
            3,
        )
        wrong = await it.web.ask("POST", f"{path}?confirm=2", cookie=cookie, json=body)
        assert wrong.status == 409
        dry = await it.web.ask("POST", path, cookie=cookie, json={**body, "dry_run": True})
        assert dry.status == 200
        assert (
            await it.web.ask("POST", f"{path}?confirm=3", cookie=cookie, json=body)
        ).status == 201
        token = it.web.token()
        assert (
            await it.web.ask("POST", path, token=token, json={**body, "key": "b"})
        ).status == 201


async def test_a_person_gives_the_password_again_to_write_to_who_opted_out(tmp_path: Path) -> None:
    async with stage(tmp_path, text="rate: {per_address: null}") as it:
        cookie = await it.web.signed_in("anna", Role.SEND, Role.OVERRIDE)
        await it.client.call("optout.add", peer=NUMBER)
        body = {**MESSAGE, "override": True}
        answer = await it.web.ask("POST", "/api/v1/messages", cookie=cookie, json=body)
        assert (answer.status, answer.reason) == (403, "confirm_password")
        here = "/api/v1/sessions/here"
        wrong = await it.web.ask("POST", here, cookie=cookie, json={"password": "no such one"})
        assert (wrong.status, wrong.reason) == (403, "wrong_password")
        right = await it.web.ask("POST", here, cookie=cookie, json={"password": PASSWORD})
        assert right.status == 204
        answer = await it.web.ask("POST", "/api/v1/messages", cookie=cookie, json=body)
        assert answer.status == 201


async def test_reads_and_sends_are_recorded_without_their_texts(tmp_path: Path) -> None:
    async with stage(tmp_path, text="rate: {per_address: null}") as it:
        token = it.web.token("anna")
        body = {"to": NUMBER, "text": "a secret"}
        await it.web.ask("POST", "/api/v1/messages", token=token, json=body)
        await it.web.ask("GET", f"/api/v1/people/{NUMBER}/messages", token=token)
        await it.web.ask("GET", "/api/v1/stats.csv", token=token)
        await it.web.ask("POST", "/api/v1/optouts", token=token, json={"peer": NUMBER})
        await it.web.ask("DELETE", f"/api/v1/people/{NUMBER}", token=token)
        await it.web.ask("GET", "/api/v1/modems", token=token)
        answer = await it.web.ask("GET", "/api/v1/audit", token=token)
        entries = [(each["action"], each["subject"]) for each in reversed(answer.json["entries"])]
        assert entries[1:] == [
            ("messages.send", NUMBER),
            ("people.messages", NUMBER),
            ("stats.get.csv", ""),
            ("optout.add", NUMBER),
            ("people.forget", NUMBER),
        ]
        assert {each["actor"] for each in answer.json["entries"][:-1]} == {"anna@web"}
        assert b"a secret" not in answer.body


async def test_what_is_done_by_another_gateways_interface_is_recorded_too(tmp_path: Path) -> None:
    async with stage(tmp_path, text="compat: [kannel, playsms, smsgate]") as it:
        token = it.web.token("anna")
        who = f"user=a&pass={token}"
        await it.web.ask("GET", f"/cgi-bin/sendsms?{who}&to=33612345678&text=a+secret")
        await it.web.ask("GET", f"/index.php?app=ws&op=ix&u=a&h={token}")
        body = {"id": "o1", "phoneNumbers": [NUMBER], "message": "later", "scheduleAt": LATER}
        await it.web.ask("POST", "/3rdparty/v1/messages", token=token, json=body)
        cancelled = await it.web.ask("DELETE", "/3rdparty/v1/messages/o1", token=token)
        assert cancelled.json["state"] == "Cancelled"
        answer = await it.web.ask("GET", "/api/v1/audit", token=token)
        made = [each["action"] for each in reversed(answer.json["entries"])][1:]
        assert made == ["messages.send", "messages.list", "messages.send", "messages.cancel"]
        assert {each["actor"] for each in answer.json["entries"][:-1]} == {"anna@web"}
        assert b"a secret" not in answer.body


async def test_reads_are_written_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = 0
    write = Database.write

    async def counted(self: Database, job: Any) -> Any:
        nonlocal written
        written += 1
        return await write(self, job)

    async with stage(tmp_path, text="rate: {per_address: null}") as it:
        token = it.web.token("anna")
        path = f"/api/v1/people/{NUMBER}/messages"
        await it.web.ask("GET", path, token=token)
        monkeypatch.setattr(Database, "write", counted)
        began = time.monotonic()
        for _ in range(20):
            await it.web.ask("GET", path, token=token)
        assert written <= (time.monotonic() - began) / RECORDED_WITHIN + 1
        assert (await actions(it.web, token)).count("people.messages") == 21
