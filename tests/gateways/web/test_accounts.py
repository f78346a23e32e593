"""Users, their ways in, tokens of programs, and the record of what they did."""

import sqlite3
import time
from functools import partial
from pathlib import Path

import pytest

from gsmd.gateways.database import connect
from gsmd.gateways.web.accounts import audit, credentials, passwords, sessions, tokens, totp, users
from gsmd.gateways.web.accounts.schema import STEPS
from gsmd.gateways.web.door import rates
from gsmd.protocol.method import Role
from tests.gateways.web.house import PASSWORD, house

ME = "/api/v1/me"


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    return connect(tmp_path / "web.db", STEPS)


def test_a_token_has_a_form_that_scanners_know_and_a_check_sum() -> None:
    token = credentials.new_token()
    assert token.startswith("gsmd_")
    assert len(token) == 54
    assert credentials.is_token(token)
    for place in (6, 30, 53):
        wrong = token[:place] + ("a" if token[place] != "a" else "b") + token[place + 1 :]
        assert not credentials.is_token(wrong)
    assert credentials.new_token() != token


def test_nothing_that_opens_a_door_is_kept(tmp_path: Path, db: sqlite3.Connection) -> None:
    secret, _ = tokens.make(db, "bot", [Role.READ], "test")
    invitation = users.invite(db, "anna", [Role.READ], "test")
    users.use_invitation(db, invitation, passwords.hash_now(PASSWORD))
    user = users.named(db, "anna")
    assert user is not None
    session = sessions.begin(db, user.id, "", "")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    octets = (tmp_path / "web.db").read_bytes()
    for each in (secret, secret[5:48], invitation, session, PASSWORD):
        assert each.encode() not in octets


def test_passwords_are_kept_by_argon2id_with_19_mib() -> None:
    assert passwords.hash_now(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 12"),
        ("x" * 129, "at most 128"),
        ("aaaaaaaaaaaa", "too few different"),
        ("123456123456", "first that others would try"),
        ("QWERTY123456", "first that others would try"),
        ("annaannaanna1", "too few different"),
        ("christina2024christina", ""),
    ],
)
def test_a_password_is_long_and_not_common(password: str, said: str) -> None:
    if not said:
        passwords.check(password, "anna")
        return
    with pytest.raises(passwords.Unsuitable, match=said):
        passwords.check(password, "anna")


def test_the_codes_of_telephones_are_those_of_the_specification() -> None:
    key = b"12345678901234567890"  # RFC 6238, appendix B; the last six of its eight digits
    for at, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        step = totp.matching_step(key, code, at, 0)
        assert step == at // 30
        assert totp.matching_step(key, code, at, step) is None, "good once"
    assert totp.matching_step(key, "000000", 59, 0) is None
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in totp.uri(key, "anna", "gsmd")


def test_the_audit_log_is_only_added_to(db: sqlite3.Connection) -> None:
    audit.note(db, "anna@web", "sign_in", "anna")
    for statement in ("UPDATE audit SET actor = 'ben'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(statement)
    assert [each.action for each in audit.entries(db, 10)] == ["sign_in"]


async def test_an_invitation_is_good_once_and_for_an_hour(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        secret = it.invitation()
        body = {"invitation": secret, "password": PASSWORD}
        weak = {**body, "password": "password1234"}
        answer = await it.ask("POST", "/api/v1/invitations", json=weak)
        assert (answer.status, answer.json["field"]) == (422, "password")
        assert (await it.ask("POST", "/api/v1/invitations", json=body)).status == 201
        assert (await it.ask("POST", "/api/v1/invitations", json=body)).status == 404
        late = it.invitation("ben")
        it.change(lambda db: db.execute("UPDATE invitation SET expires_at = ?", (time.time() - 1,)))
        body = {"invitation": late, "password": PASSWORD}
        assert (await it.ask("POST", "/api/v1/invitations", json=body)).status == 404


async def test_there_is_nobody_at_first_and_nobody_becomes_somebody_by_coming_first(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        for name, password in (("admin", "admin"), ("root", ""), ("gsmd", "gsmd")):
            body = {"name": name, "password": password}
            assert (await it.ask("POST", "/api/v1/sessions", json=body)).status == 401
        assert (await it.ask("GET", "/api/v1/users")).status == 401


async def test_a_session_is_random_new_at_each_sign_in_and_out_of_reach_of_scripts(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        first = await it.signed_in()
        body = {"name": "ANNA", "password": PASSWORD}
        answer = await it.ask("POST", "/api/v1/sessions", json=body, cookie=first)
        assert answer.status == 201
        assert answer.cookie != first
        assert len(answer.cookie.partition("=")[2]) >= 43
        attributes = answer.header("set-cookie").lower()
        for each in ("httponly", "samesite=strict", "path=/"):
            assert each in attributes
        assert answer.cookie.startswith("gsmd=")  # over plain http, on loopback alone
        secure = {"X-Forwarded-Proto": "https"}
        assert "secure" not in attributes
        answer = await it.ask("POST", "/api/v1/sessions", json=body, headers=secure)
        assert answer.cookie.startswith("gsmd="), "nobody is trusted to say so"


async def test_over_tls_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    async with house(tmp_path, "trusted_proxies: [127.0.0.1]") as it:
        await it.signed_in()
        body = {"name": "anna", "password": PASSWORD}
        headers = {"X-Forwarded-Proto": "https"}
        answer = await it.ask("POST", "/api/v1/sessions", json=body, headers=headers)
        assert answer.cookie.startswith("__Host-gsmd=")
        attributes = answer.header("set-cookie").lower()
        assert "secure" in attributes
        assert "domain" not in attributes
        assert answer.header("strict-transport-security")


async def test_sessions_end_idle_old_by_hand_and_with_their_user(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        for change in (
            f"UPDATE session SET seen_at = seen_at - {sessions.IDLE}",
            f"UPDATE session SET created_at = created_at - {sessions.LONGEST}",
            "DELETE FROM session",
            "UPDATE user SET disabled = 1",
        ):
            cookie = await it.signed_in()
            it.change(partial(_execute, change))
            assert (await it.ask("GET", ME, cookie=cookie)).status == 401, change
        cookie = await it.signed_in()
        assert (await it.ask("GET", ME, cookie=cookie)).json["kind"] == "session"
        listed = (await it.ask("GET", "/api/v1/sessions", cookie=cookie)).json["sessions"]
        assert [each["here"] for each in listed] == [True]
        ended = await it.ask("DELETE", "/api/v1/sessions/here", cookie=cookie)
        assert ended.status == 204
        assert (await it.ask("GET", ME, cookie=cookie)).status == 401


async def test_a_token_that_is_revoked_expired_or_mistyped_opens_nothing_at_once(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        token = it.token()
        assert (await it.ask("GET", ME, token=token)).status == 200
        (id_,) = it.change(lambda db: db.execute("SELECT id FROM token").fetchone())
        it.change(lambda db: tokens.revoke(db, id_, "test"))
        answer = await it.ask("GET", ME, token=token)
        assert answer.status == 401
        assert "Bearer" in answer.header("www-authenticate")
        short = it.token("late", lifetime=-1.0)
        assert (await it.ask("GET", ME, token=short)).status == 401
        assert (await it.ask("GET", ME, token=credentials.new_token())).status == 401
        named = it.token("crm")
        it.change(lambda db: users.disable(db, "crm", "test"))
        assert (await it.ask("GET", ME, token=named)).status == 401


async def test_a_token_is_a_password_of_basic_too_and_never_part_of_a_url(tmp_path: Path) -> None:
    import base64

    async with house(tmp_path) as it:
        token = it.token()
        for pair in (f"anything:{token}", f"{token}:"):
            shown = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
            assert (await it.ask("GET", ME, headers=shown)).status == 200
        assert (await it.ask("GET", f"{ME}?token={token}")).status == 401


async def test_nobody_grants_what_they_have_not_and_only_admin_manages(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        plain = it.token("plain", Role.READ, Role.SEND)
        narrow = it.token("narrow", Role.ADMIN, narrowed={"handlers": ["crm"]})
        for token in (plain, narrow):
            for verb, path in (("GET", "users"), ("GET", "tokens"), ("GET", "audit")):
                answer = await it.ask(verb, f"/api/v1/{path}", token=token)
                assert answer.reason == "missing_role"
            body = {"name": "x", "may": ["read"]}
            answer = await it.ask("POST", "/api/v1/tokens", token=token, json=body)
            assert answer.reason == "missing_role"
        admin = it.token("admin")
        made = await it.ask(
            "POST", "/api/v1/tokens", token=admin,
            json={"name": "crm", "may": ["handle"], "handlers": ["crm"], "expires": "90d"},
        )  # fmt: skip
        assert made.status == 201
        me = (await it.ask("GET", ME, token=made.json["token"])).json
        assert (me["may"], me["handlers"], me["modems"]) == (["handle"], ["crm"], None)


async def test_who_did_what_is_kept_without_secrets(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.signed_in()
        body = {"name": "anna", "password": "wrong wrong wrong"}
        await it.ask("POST", "/api/v1/sessions", json=body)
        admin = it.token("admin")
        found = (await it.ask("GET", "/api/v1/audit", token=admin)).json["entries"]
        actions = [each["action"] for each in found]
        assert actions == [
            "token.made", "sign_in.failed", "sign_in", "user.came_in", "user.invited",
        ]  # fmt: skip
        assert found[1]["address"] == "127.0.0.1"
        assert "wrong" not in str([each["subject"] for each in found])


async def test_a_second_factor_is_asked_for_once_it_is_set(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        cookie = await it.signed_in()
        fresh = (await it.ask("GET", "/api/v1/me/code", cookie=cookie)).json
        key = bytes.fromhex(fresh["key"])
        step = int(time.time() // totp.STEP)
        right = {"password": PASSWORD, "key": fresh["key"], "code": totp.code_at(key, step)}
        for wrong in ({"code": "000000"}, {"password": "not that one here"}):
            answer = await it.ask("PUT", "/api/v1/me/code", cookie=cookie, json={**right, **wrong})
            assert answer.status in {403, 422}
        assert (await it.ask("PUT", "/api/v1/me/code", cookie=cookie, json=right)).status == 204
        body = {"name": "anna", "password": PASSWORD}
        assert (await it.ask("POST", "/api/v1/sessions", json=body)).reason == "code_needed"
        code = {**body, "code": totp.code_at(key, int(time.time() // totp.STEP))}
        assert (await it.ask("POST", "/api/v1/sessions", json=code)).status == 201
        assert (await it.ask("POST", "/api/v1/sessions", json=code)).status == 401, "good once"


async def test_guessing_is_slowed_down_and_an_unknown_user_is_answered_alike(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        await it.signed_in()
        answers = []
        for name in ("anna", "nobody"):
            body = {"name": name, "password": "not that one here"}
            tries = [await it.ask("POST", "/api/v1/sessions", json=body) for _ in range(5)]
            answers.append([(each.status, each.reason) for each in tries[:3]])
            late = tries[-1]
            assert late.status == 429
            assert int(late.header("retry-after")) >= 1
        assert answers[0] == answers[1]


def test_nobody_can_lock_out_another() -> None:
    now = [0.0]
    delays = rates.Delays(lambda: now[0])
    for _ in range(20):
        delays.wrong(("anna", "192.0.2.66"))
    assert delays.wait(("anna", "192.0.2.66")) == 900.0
    assert delays.wait(("anna", "198.51.100.1")) == 0.0
    now[0] = 901.0
    assert delays.wait(("anna", "192.0.2.66")) == 0.0


def _execute(statement: str, db: sqlite3.Connection) -> None:
    db.execute(statement)
