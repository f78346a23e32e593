"""Coming in."""

from pathlib import Path

from tests.gateways.web.house import PASSWORD, house
from tests.gateways.web.pages.scene import FORM, words


async def test_a_stranger_is_led_to_the_sign_in_and_back(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        answer = await it.ask("GET", "/inbox?view=closed")
        assert (answer.status, answer.header("location")) == (
            303,
            "/sign-in?next=%2Finbox%3Fview%3Dclosed",
        )
        page = (await it.ask("GET", "/sign-in?next=%2Finbox%3Fview%3Dclosed")).body.decode()
        assert 'value="/inbox?view=closed"' in page


async def test_nobody_is_led_to_another_host(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        for path in ("//evil.example", "https://evil.example", "/\\evil.example", "/\tx"):
            answer = await it.ask("GET", f"/sign-in?next={path.replace(chr(9), '%09')}")
            assert "evil" not in answer.body.decode(), path


async def test_an_invitation_is_a_page_that_lets_somebody_choose_a_password(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        path = f"/invitation/{it.invitation('anna')}"
        assert "Welcome, anna" in words((await it.ask("GET", path)).body.decode())
        bad = await it.ask("POST", path, body=b"name=anna&password=short", headers=FORM)
        assert bad.status == 422
        assert "at least 12 characters" in words(bad.body.decode())
        body = f"name=anna&password={PASSWORD.replace(' ', '+')}".encode()
        good = await it.ask("POST", path, body=body, headers=FORM)
        assert (good.status, good.header("location")) == (303, "/")
        assert good.cookie.startswith("gsmd=")
        assert (await it.ask("GET", path)).status == 404
        out = await it.ask("POST", "/sign-out", cookie=good.cookie, body=b"x=", headers=FORM)
        assert out.status == 303
        assert (await it.ask("GET", "/more", cookie=good.cookie)).status == 303
        body = f"name=anna&password={PASSWORD.replace(' ', '+')}&next=/more".encode()
        back = await it.ask("POST", "/sign-in", body=body, headers=FORM)
        assert (back.status, back.header("location")) == (303, "/more")


async def test_a_wrong_password_tells_nothing_of_whether_there_is_such_a_user(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        await it.signed_in("anna")
        answers = [
            words(
                (
                    await it.ask(
                        "POST",
                        "/sign-in",
                        body=f"name={name}&password=wrong".encode(),
                        headers=FORM,
                    )
                ).body.decode()
            )
            for name in ("anna", "nobody")
        ]
        assert answers[0] == answers[1]
        assert "not right" in answers[0]


async def test_a_token_opens_no_page(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        assert (await it.ask("GET", "/inbox", token=it.token())).status == 403


async def test_pages_speak_the_language_that_the_browser_asks_for(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        page = (await it.ask("GET", "/sign-in", headers={"Accept-Language": "de-AT,en;q=0.5"})).body
        assert '<html lang="de"' in page.decode()
