"""Passkeys, with a device in software: made, used, and whatever of it is not right."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gsmd.gateways.web.accounts import totp, users
from gsmd.gateways.web.door import passkeys
from gsmd.protocol.method import Role
from tests.gateways.web.authenticator import Device, from_text, to_text
from tests.gateways.web.house import PASSWORD, Answer, House, house

API = "/api/v1"
ORIGIN = "http://localhost"


@dataclass
class Scene:
    web: House
    device: Device

    async def post(self, path: str, cookie: str | None = None, **body: Any) -> Answer:
        return await self.web.ask("POST", f"{API}{path}", cookie=cookie, json=body)

    async def challenge(self, path: str, cookie: str | None = None, **body: Any) -> tuple[str, Any]:
        answer = await self.post(f"{path}/challenge", cookie, **body)
        assert answer.status == 200, answer
        return answer.json["challenge"], answer.json["options"]

    async def came_in(self, name: str = "anna") -> str:
        """The cookie of somebody who accepted an invitation with a passkey."""
        invitation = self.web.invitation(name)
        challenge, options = await self.challenge("/invitations", invitation=invitation)
        said: dict[str, Any] = {"challenge": challenge, "credential": self.device.create(options)}
        answer = await self.post("/invitations/passkey", invitation=invitation, **said)
        assert (answer.status, answer.json) == (201, {"name": name}), answer
        return answer.cookie

    async def signs_in(self, change: Callable[[Any], None] = lambda _: None) -> Answer:
        challenge, options = await self.challenge("/sessions")
        credential = self.device.get(options)
        change(credential)
        return await self.post("/sessions/passkey", challenge=challenge, credential=credential)

    async def me(self, cookie: str) -> Any:
        return (await self.web.ask("GET", f"{API}/me", cookie=cookie)).json

    async def confirmed(self, cookie: str, password: str = PASSWORD) -> None:
        assert (await self.post("/sessions/here", cookie, password=password)).status == 204

    async def add(self, cookie: str, name: str = "") -> Answer:
        challenge, options = await self.challenge("/me/passkeys", cookie)
        credential = self.device.create(options)
        return await self.post(
            "/me/passkeys", cookie, challenge=challenge, credential=credential, name=name
        )


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house(tmp_path) as web:
        yield Scene(web, Device(ORIGIN))


async def test_who_is_invited_chooses_a_passkey_and_comes_in_with_it(it: Scene) -> None:
    assert (await it.me(await it.came_in()))["name"] == "anna"
    answer = await it.signs_in()
    assert (answer.status, answer.json) == (201, {"name": "anna"})
    assert (await it.me(answer.cookie))["kind"] == "session"
    assert (await it.post("/sessions", name="anna", password="")).status == 401
    listed = await it.web.ask("GET", f"{API}/users", token=it.web.token())
    assert [(each["came_in"], each["passkeys"]) for each in listed.json["users"]] == [(True, 1)]


async def test_a_device_that_does_not_count_is_good_as_often_as_it_is_used(it: Scene) -> None:
    it.device.counts = False
    await it.came_in()
    assert [(await it.signs_in()).status for _ in range(3)] == [201] * 3


async def test_a_second_passkey_needs_the_password_once_more(it: Scene) -> None:
    cookie = await it.web.signed_in("anna")
    refused = await it.post("/me/passkeys/challenge", cookie)
    assert (refused.status, refused.reason) == (403, "confirm_password")
    await it.confirmed(cookie)
    made = await it.add(cookie, "laptop")
    assert (made.status, made.json["name"]) == (201, "laptop")
    assert (await it.signs_in()).status == 201
    mine = await it.web.ask("GET", f"{API}/me/passkeys", cookie=cookie)
    (passkey,) = mine.json["passkeys"]
    assert passkey["id"] == made.json["id"]
    assert passkey["used_at"] is not None


async def test_a_device_that_has_one_makes_no_second(it: Scene) -> None:
    cookie = await it.web.signed_in("anna")
    await it.confirmed(cookie)
    await it.add(cookie)
    _, options = await it.challenge("/me/passkeys", cookie)
    assert {
        from_text(each["id"]) for each in options["excludeCredentials"]
    } == it.device.kept.keys()


async def test_a_passkey_is_said_once_more_in_place_of_a_password(it: Scene) -> None:
    cookie = await it.came_in()
    challenge, options = await it.challenge("/sessions")
    said: dict[str, Any] = {"challenge": challenge, "credential": it.device.get(options)}
    answer = await it.post("/sessions/here", cookie, passkey=said)
    assert answer.status == 204
    other = Device(ORIGIN)
    it.device = other
    assert (await it.add(cookie)).status == 201


async def test_the_passkey_of_another_confirms_nothing(it: Scene) -> None:
    await it.came_in("ben")
    cookie = await it.web.signed_in("anna")
    challenge, options = await it.challenge("/sessions")
    said: dict[str, Any] = {"challenge": challenge, "credential": it.device.get(options)}
    answer = await it.post("/sessions/here", cookie, passkey=said)
    assert (answer.status, answer.reason) == (403, "wrong_password")


async def test_the_last_way_in_is_not_taken_away(it: Scene) -> None:
    cookie = await it.came_in()
    (id_,) = map(to_text, it.device.kept)
    refused = await it.web.ask("DELETE", f"{API}/me/passkeys/{id_}", cookie=cookie)
    assert (refused.status, refused.reason) == (409, "last_way_in")
    cookie = await it.web.signed_in("ben")
    await it.confirmed(cookie)
    made = (await it.add(cookie)).json["id"]
    paths = [made, made, id_]  # there, gone, somebody else's
    answers = [
        await it.web.ask("DELETE", f"{API}/me/passkeys/{each}", cookie=cookie) for each in paths
    ]
    assert [each.status for each in answers] == [204, 404, 404]


async def test_an_invitation_takes_the_place_of_all_there_was(it: Scene) -> None:
    await it.came_in()
    cookie = await it.web.signed_in("anna")
    assert (await it.me(cookie))["name"] == "anna"
    assert (await it.signs_in()).status == 401


async def test_who_is_disabled_does_not_come_in(it: Scene) -> None:
    await it.came_in()
    it.web.change(lambda db: users.disable(db, "anna", "test"))
    assert (await it.signs_in()).status == 401


def broken(member: str) -> Callable[[Any], None]:
    """The credential with one octet of a member of its response changed."""

    def change(credential: Any) -> None:
        octets = bytearray(from_text(credential["response"][member]))
        octets[-1] ^= 1
        credential["response"][member] = to_text(bytes(octets))

    return change


@pytest.mark.parametrize("member", ["signature", "authenticatorData", "userHandle"])
async def test_whatever_was_changed_on_the_way_is_seen(it: Scene, member: str) -> None:
    await it.came_in()
    answer = await it.signs_in(broken(member))
    assert (answer.status, answer.reason) == (401, "wrong_passkey")
    assert not answer.cookie


@pytest.mark.parametrize(
    "rubbish",
    [{}, {"rawId": 5}, {"rawId": "é"}, {"id": "x", "rawId": "x", "response": [], "type": "public-key"}],
)  # fmt: skip
async def test_rubbish_is_no_passkey(it: Scene, rubbish: dict[str, Any]) -> None:
    await it.came_in()
    challenge, _ = await it.challenge("/sessions")
    answer = await it.post("/sessions/passkey", challenge=challenge, credential=rubbish)
    assert (answer.status, answer.reason) == (401, "wrong_passkey")
    cookie = await it.web.signed_in("ben")
    await it.confirmed(cookie)
    challenge, _ = await it.challenge("/me/passkeys", cookie)
    answer = await it.post("/me/passkeys", cookie, challenge=challenge, credential=rubbish)
    assert (answer.status, answer.reason) == (422, "wrong_passkey")


async def test_a_known_credential_with_rubbish_around_it_is_none_either(it: Scene) -> None:
    await it.came_in()

    def emptied(credential: Any) -> None:
        credential["response"] = {"userHandle": credential["response"]["userHandle"]}

    assert (await it.signs_in(emptied)).status == 401


async def test_a_challenge_is_good_once_and_for_what_it_was_made(it: Scene) -> None:
    cookie = await it.came_in()
    challenge, options = await it.challenge("/sessions")
    said: dict[str, Any] = {"challenge": challenge, "credential": it.device.get(options)}
    assert (await it.post("/sessions/passkey", **said)).status == 201
    assert (await it.post("/sessions/passkey", **said)).reason == "no_such_challenge"
    challenge, options = await it.challenge("/sessions")
    said = {"challenge": challenge, "credential": it.device.get(options)}
    answer = await it.post("/me/passkeys", cookie, **said)
    assert (answer.status, answer.reason) == (422, "no_such_challenge")


async def test_an_old_challenge_is_good_no_more(it: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await it.came_in()
    monkeypatch.setattr(passkeys, "LASTS", -1.0)
    challenge, options = await it.challenge("/sessions")
    said: dict[str, Any] = {"challenge": challenge, "credential": it.device.get(options)}
    assert (await it.post("/sessions/passkey", **said)).reason == "no_such_challenge"


async def test_a_page_elsewhere_and_a_device_that_asks_nobody_are_refused(it: Scene) -> None:
    await it.came_in()
    it.device.origin = "http://localhost.evil.example"
    assert (await it.signs_in()).status == 401
    it.device.origin = ORIGIN
    it.device.verifies = False
    assert (await it.signs_in()).status == 401
    it.device.verifies = True
    assert (await it.signs_in()).status == 201


async def test_a_copy_of_a_device_is_found_out(it: Scene) -> None:
    await it.came_in()
    await it.signs_in()
    (kept,) = it.device.kept.values()
    kept.count = 0  # as it was when it was copied
    assert (await it.signs_in()).status == 401


async def test_an_address_has_no_passkeys(it: Scene) -> None:
    answer = await it.web.ask(
        "POST", f"{API}/sessions/challenge", headers={"Host": "127.0.0.1:8090"}
    )
    assert (answer.status, answer.reason) == (422, "no_name")


async def test_tries_are_on_record_and_slowed_down(it: Scene) -> None:
    await it.came_in()
    statuses = [(await it.signs_in(broken("signature"))).status for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    record = await it.web.ask("GET", f"{API}/audit", token=it.web.token("admin", Role.ADMIN))
    actions = [(each["action"], each["subject"]) for each in record.json["entries"]]
    assert actions.count(("sign_in.failed", "passkey")) == 3
    assert ("passkey.made", "passkey") in actions


async def test_whoever_confirms_with_what_is_no_passkey_is_slowed_down_too(it: Scene) -> None:
    cookie = await it.came_in()
    statuses = []
    for _ in range(4):
        challenge, options = await it.challenge("/sessions")
        credential = it.device.get(options)
        broken("signature")(credential)
        said = {"challenge": challenge, "credential": credential}
        statuses.append((await it.post("/sessions/here", cookie, passkey=said)).status)
    assert statuses == [401, 401, 401, 429]


async def test_a_role_that_takes_a_second_factor_is_withheld_until_it_was_shown(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "require_second_factor: [admin]") as web:
        it = Scene(web, Device(ORIGIN))
        weak = await web.signed_in("anna", Role.READ, Role.ADMIN)
        me = await it.me(weak)
        assert (me["may"], me["withheld"]) == (["read"], ["admin"])
        for path in ("/users", "/server/log-level"):
            refused = await web.ask("GET", f"{API}{path}", cookie=weak)
            assert (refused.status, refused.reason) == (403, "second_factor_needed")
        page = await web.ask("GET", "/settings/people", cookie=weak)
        assert (page.status, b"second factor" in page.body) == (403, True)
        await it.confirmed(weak)
        assert (await it.add(weak)).status == 201
        assert (await web.ask("GET", f"{API}/users", cookie=weak)).status == 200
        again = (await it.post("/sessions", name="anna", password=PASSWORD)).cookie
        assert (await it.me(again))["withheld"] == ["admin"]
        challenge, options = await it.challenge("/sessions")
        shown = {"challenge": challenge, "credential": it.device.get(options)}
        assert (await it.post("/sessions/here", again, passkey=shown)).status == 204
        assert (await it.me(again))["withheld"] == []
        assert (await it.me((await it.signs_in()).cookie))["may"] == ["admin", "read"]


async def test_with_a_password_alone_nobody_replaces_the_second_factor_that_there_is(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "require_second_factor: [admin]") as web:
        it = Scene(web, Device(ORIGIN))
        first = await web.signed_in("anna", Role.READ, Role.ADMIN)
        await it.confirmed(first)
        kept = (await it.add(first)).json["id"]
        thief = (await it.post("/sessions", name="anna", password=PASSWORD)).cookie
        await it.confirmed(thief)
        key = (await web.ask("GET", f"{API}/me/code", cookie=thief)).json["key"]
        code = totp.code_at(bytes.fromhex(key), int(time.time() // totp.STEP))
        of_page = {"password": PASSWORD, "key": key, "code": code}
        challenge, _ = await it.challenge("/me/passkeys", first)
        tries = [
            await it.post("/me/passkeys/challenge", thief),
            await it.post("/me/passkeys", thief, challenge=challenge, credential={}),
            await web.ask("DELETE", f"{API}/me/passkeys/{kept}", cookie=thief),
            await web.ask("PUT", f"{API}/me/code", cookie=thief, json=of_page),
        ]
        assert {(each.status, each.reason) for each in tries} == {(403, "second_factor_needed")}
        for path, form in (("code", of_page), ("passkeys/remove", {"id": kept})):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            sent = urlencode(form).encode()
            page = await web.ask(
                "POST", f"/settings/{path}", cookie=thief, body=sent, headers=headers
            )
            assert (page.status, b"second factor" in page.body) == (403, True)
        assert (await it.me(thief))["withheld"] == ["admin"]
        mine = await web.ask("GET", f"{API}/me/passkeys", cookie=first)
        assert [each["id"] for each in mine.json["passkeys"]] == [kept]


async def test_a_code_at_sign_in_is_a_second_factor(tmp_path: Path) -> None:
    async with house(tmp_path, "require_second_factor: [send]") as web:
        it = Scene(web, Device(ORIGIN))
        weak = await web.signed_in("anna", Role.READ, Role.SEND)
        new = (await web.ask("GET", f"{API}/me/code", cookie=weak)).json["key"]
        code = totp.code_at(bytes.fromhex(new), int(time.time() // totp.STEP))
        body = {"password": PASSWORD, "key": new, "code": code}
        assert (await web.ask("PUT", f"{API}/me/code", cookie=weak, json=body)).status == 204
        assert (await it.me(weak))["withheld"] == []
        later = totp.code_at(bytes.fromhex(new), int(time.time() // totp.STEP) + 1)
        strong = await it.post("/sessions", name="anna", password=PASSWORD, code=later)
        assert (await it.me(strong.cookie))["may"] == ["read", "send"]


async def test_an_override_that_is_withheld_is_told_from_one_that_somebody_may_not(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "require_second_factor: [override]") as web:
        it = Scene(web, Device(ORIGIN))
        said: dict[str, Any] = {"to": "+33612345678", "text": "hi", "override": True}
        weak = await web.signed_in("anna", Role.SEND, Role.OVERRIDE)
        assert (await it.post("/messages", weak, **said)).reason == "second_factor_needed"
        never = await web.signed_in("ben", Role.SEND)
        assert (await it.post("/messages", never, **said)).reason == "missing_role"


async def test_who_has_a_passkey_alone_confirms_with_it_what_asks_for_a_password(
    it: Scene,
) -> None:
    cookie = await it.came_in()
    page = await it.web.ask("GET", "/compose", cookie=cookie)
    assert page.status in {200, 503}
    refused = await it.post("/messages", cookie, to="+33612345678", text="hi", override=True)
    assert refused.reason == "confirm_password"
    challenge, options = await it.challenge("/sessions")
    shown = {"challenge": challenge, "credential": it.device.get(options)}
    assert (await it.post("/sessions/here", cookie, passkey=shown)).status == 204
    sent = await it.post("/messages", cookie, to="+33612345678", text="hi", override=True)
    assert sent.reason == "no_daemon"  # nothing is in its way any more
