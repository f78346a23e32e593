"""Settings of oneself and of others."""

import re
import time

from gsmd.gateways.web.accounts import totp
from tests.gateways.web.house import PASSWORD
from tests.gateways.web.pages.scene import FORM, Scene, words


async def test_language_and_look_are_kept_for_the_person(desk: Scene) -> None:
    await desk.done("/settings/look", language="fr", theme="dark")
    page = await desk.page("/settings")
    assert '<html lang="fr" data-theme="dark">' in page
    await desk.done("/settings/look", language="en", theme="")
    assert '<html lang="en">' in await desk.page("/settings")


async def test_a_password_is_changed_with_the_old_one_and_ends_other_sessions(desk: Scene) -> None:
    body = f"name=anna&password={PASSWORD.replace(' ', '+')}".encode()
    other = (await desk.house.ask("POST", "/sign-in", body=body, headers=FORM)).cookie
    new = "quite another sentence"
    assert (await desk.post("/settings/password", old="wrong", new=new)).status == 422
    assert (await desk.post("/settings/password", old=PASSWORD, new="short")).status == 422
    await desk.done("/settings/password", old=PASSWORD, new=new)
    assert (await desk.get("/settings")).status == 200
    assert (await desk.house.ask("GET", "/settings", cookie=other)).status == 303


async def test_a_code_is_asked_for_once_a_telephone_has_the_key(desk: Scene) -> None:
    page = (await desk.post("/settings/code", do="show")).body.decode()
    found = re.search(r'name="key" value="([0-9a-f]+)"', page)
    assert found is not None
    assert 'class="qr"' in page
    key = found[1]
    code = totp.code_at(bytes.fromhex(key), int(time.time() // totp.STEP))
    wrong = await desk.post("/settings/code", key=key, code="000000x", password=PASSWORD)
    assert wrong.status == 422
    await desk.done("/settings/code", key=key, code=code, password=PASSWORD)
    body = f"name=anna&password={PASSWORD.replace(' ', '+')}".encode()
    asked = await desk.house.ask("POST", "/sign-in", body=body, headers=FORM)
    assert 'name="code"' in asked.body.decode()
    await desk.done("/settings/code", password=PASSWORD)


async def test_somebody_is_invited_and_shut_out(desk: Scene) -> None:
    page = (await desk.post("/settings/people", name="carla", may="read")).body.decode()
    found = re.search(r"http://localhost(/invitation/[^<]+)</code>", page)
    assert found is not None
    assert "Welcome, carla" in words((await desk.house.ask("GET", found[1])).body.decode())
    await desk.done("/settings/people/carla/disable", x="y")
    assert (await desk.house.ask("GET", found[1])).status == 404
    assert (await desk.post("/settings/people/anna/disable", x="y")).status == 422
    audit = words(await desk.page("/settings/audit"))
    assert "invited" in audit
    assert "shut out" in audit


async def test_a_token_is_shown_once_and_is_good_until_it_is_revoked(desk: Scene) -> None:
    page = (
        await desk.post("/settings/tokens", name="shop", may="read", expires="7d", modems="north")
    ).body.decode()
    found = re.search(r"gsmd_[A-Za-z0-9_-]+", page)
    assert found is not None
    me = await desk.house.ask("GET", "/api/v1/me", token=found[0])
    assert (me.json["may"], me.json["modems"]) == (["read"], ["north"])
    listed = await desk.page("/settings/tokens")
    assert found[0] not in listed
    revoke = re.search(r'action="(/settings/tokens/[^"]+/revoke)"', listed)
    assert revoke is not None
    await desk.done(revoke[1], x="y")
    assert (await desk.house.ask("GET", "/api/v1/me", token=found[0])).status == 401


async def test_first_steps_end_with_an_sms_on_ones_own_telephone(desk: Scene) -> None:
    assert "north" in words(await desk.page("/setup"))
    where = await desk.done("/setup/test", to="+33612345678", key="k")
    (received,) = await desk.rig.network.phone("+33612345678").expect(1, 30)
    assert "It works" in (received.text or "")
    assert "Accepted" in words(await desk.page(where))
