"""Sending over HTTP."""

import pytest

from gsmd.protocol.method import Role
from tests.gateways.web.rest.scene import Scene, Token
from tests.rig import PATIENCE

NUMBER = "+33612345678"
FORM = {"content-type": "application/x-www-form-urlencoded"}


async def test_a_message_is_sent_and_told_where_it_is(rest: Scene) -> None:
    answer = await rest.ask("POST", "/messages", json={"to": NUMBER, "text": "Good morning"})
    assert answer.status == 201
    assert answer.headers["location"] == f"/api/v1/messages/{answer.json['id']}"
    assert (await rest.phone.expect(1, PATIENCE))[0].text == "Good morning"
    message = await rest.get(f"/messages/{answer.json['id']}?wait=sent&timeout=30s")
    assert message["state"] == "sent"


async def test_the_text_is_the_body(rest: Scene) -> None:
    answer = await rest.ask(
        "POST", f"/send/{NUMBER}", body="Grüße 🙂".encode(), headers={"content-type": "text/plain"}
    )
    assert (answer.status, answer.json["text"]) == (201, "Grüße 🙂")


@pytest.mark.parametrize("name", ["text", "message", "body", "msg", "Text", "MESSAGE", "Body"])
async def test_the_text_is_a_member_of_any_usual_name(rest: Scene, name: str) -> None:
    json = await rest.ask(
        "POST", f"/send/{NUMBER}", json={name: "hi", "receiver": "x", "status": 1}
    )
    assert (json.status, json.json["text"]) == (201, "hi")
    form = await rest.ask("POST", f"/send/{NUMBER}", body=f"{name}=hi+there".encode(), headers=FORM)
    assert (form.status, form.json["text"]) == (201, "hi there")


@pytest.mark.parametrize("name", ["to", "phone", "number", "To", "PHONE"])
async def test_the_number_is_a_member_of_any_usual_name(rest: Scene, name: str) -> None:
    answer = await rest.ask("POST", "/send", json={name: NUMBER, "text": "hi"})
    assert (answer.status, answer.json["peer"]) == (201, NUMBER)


async def test_a_number_in_the_path_is_who_gets_it(rest: Scene) -> None:
    answer = await rest.ask(
        "POST", f"/send/{NUMBER}", json={"number": "+33700000000", "text": "hi"}
    )
    assert answer.json["peer"] == NUMBER


async def test_a_form_with_files_is_read_too(rest: Scene) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="message"\r\n\r\nhi\r\n--x--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await rest.ask("POST", f"/send/{NUMBER}", body=body, headers=headers)
    assert (answer.status, answer.json["text"]) == (201, "hi")


async def test_what_curl_takes_for_a_form_is_a_text(rest: Scene) -> None:
    answer = await rest.ask("POST", f"/send/{NUMBER}", body=b"disk = full", headers=FORM)
    assert answer.json["text"] == "disk = full"


async def test_options_stand_in_the_query_of_a_template(rest: Scene) -> None:
    answer = await rest.ask("POST", f"/send/{NUMBER}?tag=alerts&flash=true&priority=-3", body=b"hi")
    assert (answer.json["tag"], answer.json["class"]) == ("alerts", 0)


async def test_without_a_text_there_is_nothing_to_send(rest: Scene) -> None:
    answer = await rest.ask("POST", f"/send/{NUMBER}", json={"title": "hi"})
    assert (answer.status, answer.json["field"]) == (400, "text")


async def test_a_header_and_a_member_that_differ_are_refused(rest: Scene) -> None:
    body = {"to": NUMBER, "text": "hi", "key": "a"}
    answer = await rest.ask("POST", "/messages", json=body, headers={"Idempotency-Key": "b"})
    assert (answer.status, answer.json["field"]) == (400, "key")


async def test_who_opted_out_is_refused_with_the_reason(rest: Scene) -> None:
    await rest.ask("POST", "/optouts", json={"peer": NUMBER})
    answer = await rest.ask("POST", "/messages", json={"to": NUMBER, "text": "hi"})
    assert (answer.status, answer.reason, answer.json["code"]) == (403, "opted_out", 1)


async def test_only_who_may_override_writes_to_those(rest: Scene) -> None:
    rest.tokens.known["sender"] = Token(roles=frozenset({Role.SEND}))
    await rest.ask("POST", "/optouts", json={"peer": NUMBER})
    body = {"to": NUMBER, "text": "hi", "override": True}
    answer = await rest.ask("POST", "/messages", json=body, token="sender")
    assert (answer.status, answer.reason) == (403, "missing_role")
    answer = await rest.ask("POST", f"/send/{NUMBER}", json=body, token="sender")
    assert (answer.status, answer.reason) == (403, "missing_role")
    answer = await rest.ask(
        "POST",
        "/verifications",
        json={"method": "start", "to": NUMBER, "override": True},
        token="sender",
    )
    assert (answer.status, answer.reason) == (403, "missing_role")
    assert (await rest.ask("POST", "/messages", json=body)).status == 201


async def test_what_alertmanager_sends_is_told_in_a_line(rest: Scene) -> None:
    alerts = [{"labels": {"alertname": f"Disk{n}"}, "annotations": {}} for n in range(4)]
    alerts[0]["annotations"] = {"summary": "disk 1 is full"}
    body = {"version": "4", "status": "firing", "alerts": alerts, "groupLabels": {}}
    answer = await rest.ask("POST", f"/send/{NUMBER}", json=body)
    assert answer.json["text"] == "FIRING: disk 1 is full; Disk1; Disk2; and 1 more"


async def test_the_same_key_sends_once(rest: Scene) -> None:
    body = {"to": NUMBER, "text": "once"}
    headers = {"Idempotency-Key": "order-17"}
    first = await rest.ask("POST", "/messages", json=body, headers=headers)
    assert first.status == 201
    assert "idempotency-replayed" not in first.headers
    again = await rest.ask(
        "POST", "/messages", json=body, headers={"Idempotency-Key": '"order-17"'}
    )
    assert (again.status, again.headers["idempotency-replayed"]) == (200, "true")
    assert again.json["id"] == first.json["id"]
    by_member = await rest.ask("POST", "/messages", json={**body, "key": "order-17"})
    assert (by_member.status, by_member.json["id"]) == (200, first.json["id"])
    assert len((await rest.get("/messages"))["messages"]) == 1


async def test_the_same_key_with_another_message_is_refused(rest: Scene) -> None:
    headers = {"Idempotency-Key": "k"}
    await rest.ask("POST", "/messages", json={"to": NUMBER, "text": "one"}, headers=headers)
    answer = await rest.ask("POST", f"/send/{NUMBER}", body=b"two", headers=headers)
    assert (answer.status, answer.json["field"]) == (422, "key")
    assert len((await rest.get("/messages"))["messages"]) == 1


async def test_what_waits_gets_another_text(rest: Scene) -> None:
    body = {"to": NUMBER, "text": "one", "not_before": "2100-01-01T00:00:00Z"}
    sent = await rest.ask("POST", "/messages", json=body)
    path = f"/messages/{sent.json['id']}"
    assert (await rest.ask("POST", f"{path}/replace", json={"text": "two"})).json["text"] == "two"
    assert (await rest.ask("POST", f"{path}/cancel")).json["state"] == "cancelled"
    late = await rest.ask("POST", f"{path}/replace", json={"text": "three"})
    assert (late.status, late.json["code"]) == (409, 6)
