"""One-time codes in all three directions, played by phones; where they are kept, and where not."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, GsmdError, NotFound, TimedOut
from gsmd.protocol.message import State
from tests.rig import PATIENCE, Rig, rig

PHONE = "+33612345678"
OTHER = "+33687654321"


async def received_code(it: Rig, n: int = 1) -> str:
    message = (await it.network.phone(PHONE).expect(n, PATIENCE))[-1]
    found = re.search(r"\d{4,12}", message.text or "")
    assert found is not None
    return found[0]


async def start(client: AsyncClient, **more: Any) -> str:
    return str((await client.call("verify.start", to=PHONE, **more))["id"])


async def test_a_code_that_was_texted_is_right_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        id_ = await start(client, length=8, text="Your code for the shop: {code}")
        code = await received_code(it)
        wrong = await client.call("verify.check", id=id_, code="0" * 8)
        right = await client.call("verify.check", id=id_, code=f"{code[:4]} {code[4:]}")
        again = await client.call("verify.check", id=id_, code=code)
        state = await client.call("verify.wait", id=id_, timeout=PATIENCE)

    assert len(code) == 8
    assert wrong == {"ok": False, "reason": "wrong"}
    assert right == {"ok": True}
    assert again == {"ok": False, "reason": "used"}
    assert state == {"state": "verified", "peer": PHONE}


async def test_a_code_is_void_after_too_many_guesses(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running(verify={"attempts": 2}) as client:
        id_ = await start(client)
        code = await received_code(it)
        wrong = "0000" if code != "0000" else "1111"
        reasons = [
            (await client.call("verify.check", id=id_, code=guess)).get("reason")
            for guess in (wrong, wrong, code)
        ]

    assert reasons == ["wrong", "too_many_attempts", "too_many_attempts"]


async def test_a_code_is_void_after_its_lifetime(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        id_ = await start(client, lifetime=0.3)
        code = await received_code(it)
        ended = await client.call("verify.wait", id=id_, timeout=PATIENCE)
        late = await client.call("verify.check", id=id_, code=code)

    assert ended["state"] == "expired"
    assert late == {"ok": False, "reason": "expired"}


async def test_a_code_is_good_after_a_restart(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        async with it.running() as client:
            id_ = await start(client)
            code = await received_code(it)
        async with it.running() as client:
            assert await client.call("verify.check", id=id_, code=code) == {"ok": True}


async def test_codes_are_nowhere_to_be_read_once_they_are_out(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        async with it.running() as client:
            await start(client)
            code = await received_code(it)
            (message,) = (await client.list(direction="outbound")).messages
            await client.wait(message.id, State.SENT, PATIENCE)
            shown = repr(await client.show(message.id))
            with pytest.raises(GsmdError):
                await client.retry(message.id)
        database = (tmp_path / "state" / "gsmd.db").read_bytes()

    tpdu = next(iter(it.network.submitted)).tpdu
    assert message.text == "Your code is ******."
    assert code not in shown
    assert tpdu.hex().upper()[10:] not in shown
    assert code.encode() not in database
    assert (tmp_path / "state" / "verify.key").stat().st_mode & 0o777 == 0o600


async def test_a_user_who_texts_the_code_is_known_by_the_number(tmp_path: Path) -> None:
    modem = {"name": "north", "port": str(tmp_path / "north"), "number": "+33600000001"}
    async with rig(tmp_path) as it, it.running(modems=[modem]) as client:
        expected = await client.call("verify.expect")
        phone = it.network.phone(PHONE)
        async with client.events("verify.verified") as events:
            phone.send(it.sim.number, f"my code: {expected['code']}")
            await anext(aiter(events))
        state = await client.call("verify.wait", id=expected["id"], timeout=PATIENCE)
        phone.send(it.sim.number, str(expected["code"]))  # once more: good for nothing
        (message,) = (await client.list(direction="inbound", state=State.HANDLED)).messages
        shown = repr(await client.show(message.id))

    assert expected["number"] == it.sim.number
    assert state == {"state": "verified", "peer": PHONE}
    assert message.text == "my code: ******"
    assert expected["code"] not in shown


async def test_a_code_expected_from_one_number_counts_from_no_other(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        expected = await client.call("verify.expect", **{"from": PHONE})
        async with client.events("message.received") as events:
            it.network.phone(OTHER).send(it.sim.number, str(expected["code"]))
            await anext(aiter(events))
        with pytest.raises(TimedOut):
            await client.call("verify.wait", id=expected["id"], timeout=0.1)
        it.network.phone(PHONE).send(it.sim.number, str(expected["code"]))
        state = await client.call("verify.wait", id=expected["id"], timeout=PATIENCE)

    assert state["state"] == "verified"


async def test_any_text_from_a_number_can_be_enough(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        expected = await client.call("verify.expect", **{"from": PHONE}, any=True)
        it.network.phone(PHONE).send(it.sim.number, "here I am")
        state = await client.call("verify.wait", id=expected["id"], timeout=PATIENCE)

    assert expected["code"] is None
    assert state == {"state": "verified", "peer": PHONE}


async def test_a_user_answers_with_the_code_and_may_mistype_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        id_ = (await client.call("verify.reply", to=PHONE))["id"]
        code = await received_code(it)
        phone = it.network.phone(PHONE)
        async with client.events("verify.") as events:
            phone.send(it.sim.number, code[:-1] + str((int(code[-1]) + 1) % 10))
            wrong = await anext(aiter(events))
            phone.send(it.sim.number, f"OK {code}")
            right = await anext(aiter(events))
        state = await client.call("verify.wait", id=id_, timeout=PATIENCE)

    assert [wrong.type, right.type] == ["verify.wrong", "verify.verified"]
    assert state["state"] == "verified"


async def test_an_answer_counts_once_even_if_the_daemon_dies_on_the_way(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        async with it.running() as client:
            id_ = (await client.call("verify.reply", to=PHONE))["id"]
            code = await received_code(it)
            it.network.phone(PHONE).send(it.sim.number, code)
        async with it.running() as client:
            state = await client.call("verify.wait", id=id_, timeout=PATIENCE)
            story = await client.list(direction="inbound")

    assert state["state"] == "verified"
    assert len(story.messages) == 1


async def test_no_number_gets_more_codes_than_allowed(tmp_path: Path) -> None:
    limits = {"per_number": 2, "per_hour": 3}
    async with rig(tmp_path) as it, it.running(verify=limits) as client:
        results = []
        for number in (PHONE, PHONE, PHONE, OTHER, OTHER):
            try:
                await client.call("verify.start", to=number)
                results.append("sent")
            except GsmdError as error:
                results.append(str(error.reason))

    assert results == ["sent", "sent", "too_many", "sent", "too_many"]


async def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        for params in ({"length": 3}, {"lifetime": 0}, {"text": "no place for it"}):
            with pytest.raises(GsmdError) as refused:
                await start(client, **params)
            assert refused.value.code == 3
        with pytest.raises(NotFound):
            await client.call("verify.check", id="nothing", code="1234")
        expected = await client.call("verify.expect")
        with pytest.raises(GsmdError) as refused:
            await client.call("verify.check", id=expected["id"], code=expected["code"])

    assert refused.value.code == 6


async def test_two_callers_with_the_right_code_at_once_are_right_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as it, it.running() as client:
        id_ = await start(client)
        code = await received_code(it)
        checks = [client.call("verify.check", id=id_, code=code) for _ in range(8)]
        results = await asyncio.gather(*checks)

    assert sum(result["ok"] for result in results) == 1
