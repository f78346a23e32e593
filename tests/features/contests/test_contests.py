"""Contests as phones and callers see them: a code counts once, says at once what it is, and is read by nobody."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, Conflict, Invalid, NotFound
from gsmd.features.contests.rules import ALPHABET, adds_up, draw, list_hash
from tests.features.scenes import PHONE, asked, scene, settled
from tests.rig import rig

SUMMER = {
    "name": "summer",
    "prizes": [{"name": "a mug", "codes": 2}, {"name": "a bicycle", "draw": 1}],
}
WIN = {"table": [{"word": "WIN", "contest": "summer"}]}
SETTINGS: dict[str, Any] = {"contests": [SUMMER], "keywords": WIN}

VALID = "Good luck! You are in the draw."
WON = "You won a mug!"


async def codes(client: AsyncClient, count: int = 10, contest: str = "summer") -> list[str]:
    made = await client.call("contests.generate", contest=contest, count=count)
    return list(made["codes"])


def mistyped(code: str) -> str:
    return code[:3] + ALPHABET[(ALPHABET.index(code[3]) + 1) % len(ALPHABET)] + code[4:]


async def test_a_code_counts_once_and_says_at_once_what_it_is(tmp_path: Path) -> None:
    async with scene(tmp_path, **SETTINGS) as (it, client, phone):
        mine, other = (await codes(client))[:2]
        first = await asked(it, phone, f"WIN {mine[:3]} {mine[3:6].lower()}-{mine[6:]} please")
        other_phone = it.network.phone("+33699999999")
        again = await asked(it, other_phone, f"win {mine}")
        typo = await asked(it, phone, f"WIN {mistyped(other)}")
        nothing = await asked(it, phone, "WIN")
        status = await client.call("contests.get", contest="summer")
        entries = (await client.call("contests.entries", contest="summer"))["entries"]

    assert first in {VALID, WON}
    assert again == "This code was used before."
    assert typo == nothing == "Please check the code."
    assert (status["codes"], status["redeemed"], status["entries"]) == (10, 1, 1)
    assert [entry["peer"] for entry in entries] == [PHONE]


async def test_a_code_that_adds_up_and_is_none_is_unknown(tmp_path: Path) -> None:
    async with scene(tmp_path, **SETTINGS) as (it, client, phone):
        await client.call("contests.create", contest="winter")
        (foreign,) = await codes(client, 1, "winter")
        await codes(client)
        assert await asked(it, phone, f"WIN {foreign}") == "We do not know this code."


async def test_codes_are_nowhere_in_what_is_kept_not_even_for_a_moment(tmp_path: Path) -> None:
    settings = {**SETTINGS, "handlers": [{"name": "all", "file": str(tmp_path / "inbox.jsonl")}]}
    async with scene(tmp_path, **settings) as (it, client, phone):
        mine = (await codes(client))[0]
        await asked(it, phone, f"WIN {mine}")
        await settled(client, 1)
        (message,) = (await client.list(direction="inbound")).messages

    assert message.text == "WIN *********"
    assert "WIN *********" in (tmp_path / "inbox.jsonl").read_text()
    held = [each for each in tmp_path.rglob("*") if each.is_file()]
    packed = mine.encode()
    assert not [each for each in held if packed in each.read_bytes()]


async def test_so_many_codes_as_there_are_prizes_win_whoever_has_them(tmp_path: Path) -> None:
    async with scene(tmp_path, **SETTINGS) as (_, client, _phone):
        outcomes = [
            await client.call("contests.redeem", contest="summer", peer=PHONE, code=code)
            for code in await codes(client, 30)
        ]
        status = await client.call("contests.get", contest="summer")
        won = await client.call("contests.entries", contest="summer", outcome="won")

    assert [each for each in outcomes if each["outcome"] == "won"] == [
        {"outcome": "won", "prize": "a mug"}
    ] * 2
    assert len([each for each in outcomes if each["outcome"] == "valid"]) == 28
    assert status["prizes"][0]["won"] == status["won"] == len(won["entries"]) == 2


async def test_of_two_at_once_one_has_the_code(tmp_path: Path) -> None:
    async with scene(tmp_path, **SETTINGS) as (_, client, _phone):
        for code in await codes(client, 20):
            answers = await asyncio.gather(
                *(
                    client.call("contests.redeem", contest="summer", peer=peer, code=code)
                    for peer in (PHONE, "+33699999999")
                )
            )
            assert sorted(each["outcome"] == "used" for each in answers) == [False, True]
        assert (await client.call("contests.get", contest="summer"))["redeemed"] == 20


async def test_a_number_has_so_many_codes_and_so_many_wrong_ones_a_day(tmp_path: Path) -> None:
    limits = {"per_number": {"total": 3, "per_day": 2, "wrong_per_day": 2}}
    async with scene(tmp_path, contests=[{**SUMMER, **limits}], keywords=WIN) as (
        _,
        client,
        _phone,
    ):
        made = await codes(client)

        async def redeemed(code: str, peer: str = PHONE) -> str:
            done = await client.call("contests.redeem", contest="summer", peer=peer, code=code)
            return str(done["outcome"])

        good = [await redeemed(code) for code in made[:3]]
        freed = await redeemed(made[2], "+33699999999")
        wrong = [await redeemed(mistyped(made[5]), "+33688888888") for _ in range(3)]
        locked = await redeemed(made[5], "+33688888888")

    assert good[2] == "too_many"
    assert "too_many" not in good[:2]
    assert freed in {"won", "valid"}  # what was too many is not used up
    assert wrong == ["mistyped", "mistyped", "too_many"]
    assert locked == "too_many"


async def test_codes_that_were_printed_already_are_imported_and_told_from_others(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, **SETTINGS) as (it, client, phone):
        done = await client.call(
            "contests.import", contest="summer", codes=["Abc-12345", "xyz 98765", "ABC12345"]
        )
        again = await client.call("contests.import", contest="summer", codes=["XYZ98765"])
        with pytest.raises(Invalid):
            await client.call("contests.import", contest="summer", codes=["--"])
        answers = [await asked(it, phone, f"WIN {code}") for code in ("abc12345", "nonsense")]

    assert (done["added"], done["known"], done["codes"]) == (2, 1, 2)
    assert (again["added"], again["known"], again["codes"]) == (0, 1, 2)
    assert answers[0] in {VALID, WON}
    assert answers[1] == "We do not know this code."


async def test_no_code_counts_before_it_opens_and_after_it_closed(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    contests = [
        {**SUMMER, "opens": (now + timedelta(hours=1)).isoformat()},
        {"name": "old", "closes": (now - timedelta(hours=1)).isoformat()},
    ]
    words = {"table": [*WIN["table"], {"word": "OLD", "contest": "old"}]}
    async with scene(tmp_path, contests=contests, keywords=words) as (it, client, phone):
        mine = (await codes(client))[0]
        early = await asked(it, phone, f"WIN {mine}")
        late = await asked(it, phone, "OLD ABC")
        with pytest.raises(Conflict):
            await client.call("contests.redeem", contest="summer", peer=PHONE, code=mine)
        with pytest.raises(Conflict):
            await client.call("contests.generate", contest="old", count=1)
        status = await client.call("contests.get", contest="summer")

    assert (early, late) == ("This has not begun yet.", "This is over.")
    assert (status["state"], status["redeemed"]) == ("planned", 0)


async def test_the_draw_and_the_winning_codes_can_be_checked_by_anybody(tmp_path: Path) -> None:
    async with scene(tmp_path, **SETTINGS) as (_, client, _phone):
        made = await codes(client, 20)
        begun = await client.call("contests.get", contest="summer")
        peers = [f"+3369999990{number}" for number in range(5)]
        winning = set()
        for number, code in enumerate(made):
            peer = peers[number % 5]
            done = await client.call("contests.redeem", contest="summer", peer=peer, code=code)
            winning |= {code} if done["outcome"] == "won" else set()
        with pytest.raises(Conflict):
            await client.call("contests.draw", contest="summer")
        await client.call("contests.close", contest="summer")
        drawn = await client.call("contests.draw", contest="summer")
        more = await client.call("contests.draw", contest="summer", winners=3)

    seed, key = drawn["seed"].encode(), bytes.fromhex(drawn["key"])
    assert hashlib.sha256(seed).hexdigest() == begun["commitment"]
    assert hashlib.sha256(key).hexdigest() == begun["key_commitment"]
    assert drawn["list_hash"] == list_hash(peers)
    assert (drawn["winners"], drawn["prizes"]) == (draw(drawn["seed"], peers, 1), ["a bicycle"])
    assert more["winners"][:1] == drawn["winners"]
    assert more["prizes"] == ["a bicycle", None, None]

    def lot(code: str) -> bytes:
        mark = hmac.new(key, code.encode(), hashlib.sha256).digest()[:8]
        return hmac.new(seed, mark, hashlib.sha256).digest()[:8]

    assert set(sorted(made, key=lot)[:2]) == winning


async def test_the_same_key_gives_the_first_answer(tmp_path: Path) -> None:
    async with scene(tmp_path, **SETTINGS) as (_, client, _phone):
        code = (await codes(client))[0]
        ask = {"contest": "summer", "peer": PHONE, "code": code, "key": "till 7"}
        first = await client.call("contests.redeem", **ask)
        assert await client.call("contests.redeem", **ask) == first
        with pytest.raises(Conflict):
            await client.call("contests.redeem", **{**ask, "peer": "+33699999999"})


async def test_a_person_sees_their_codes_and_who_is_forgotten_has_none_but_they_stay_used(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, **SETTINGS) as (it, client, phone):
        mine = (await codes(client))[0]
        await asked(it, phone, f"WIN {mine}")
        known = await client.call("people.get", peer=PHONE)
        await client.call("people.forget", peer=PHONE)
        gone = await client.call("people.get", peer=PHONE)
        again = await client.call("contests.redeem", contest="summer", peer=PHONE, code=mine)
        entries = await client.call("contests.entries", contest="summer")

    assert [entry["contest"] for entry in known["contests"]] == ["summer"]
    assert gone.get("contests", []) == []
    assert again["outcome"] == "used"
    assert entries["entries"] == []


async def test_who_opted_out_gets_no_answer_and_their_code_counts(tmp_path: Path) -> None:
    async with scene(tmp_path, **SETTINGS) as (it, client, phone):
        mine = (await codes(client))[0]
        await client.call("optout.add", peer=PHONE)
        phone.send(it.sim.number, f"WIN {mine}")
        await settled(client, 1)
        assert (await client.call("contests.get", contest="summer"))["redeemed"] == 1
        assert not phone.received


async def test_codes_of_other_prizes_are_shared_out_anew_and_what_is_won_stays_won(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it:
        async with it.running(**SETTINGS) as client:
            made = await codes(client, 12)
            for code in made[:6]:
                await client.call("contests.redeem", contest="summer", peer=PHONE, code=code)
            before = await client.call("contests.get", contest="summer")
        prizes = [{"name": "a cup", "codes": 1}, {"name": "a mug", "codes": 4}]
        async with it.running(contests=[{**SUMMER, "prizes": prizes}], keywords=WIN) as client:
            for code in made[6:]:
                await client.call("contests.redeem", contest="summer", peer=PHONE, code=code)
            after = await client.call("contests.get", contest="summer")
        async with it.running() as client:
            gone = await client.call("contests.get", contest="summer")

    assert after["redeemed"] == 12
    assert [prize["won"] for prize in after["prizes"]] == [1, 4]
    assert before["won"] <= 2
    assert gone["state"] == "closed"


async def test_another_key_file_uses_no_code_up_and_the_right_one_goes_on(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        async with it.running(**SETTINGS) as client:
            mine = (await codes(client))[0]
        (key,) = tmp_path.rglob("contests.key")
        kept = key.rename(key.with_suffix(".kept"))
        async with it.running(**SETTINGS) as client:
            with pytest.raises(Exception, match="is not the key"):
                await client.call("contests.redeem", contest="summer", peer=PHONE, code=mine)
            kept.rename(key)
            done = await client.call("contests.redeem", contest="summer", peer=PHONE, code=mine)
    assert done["outcome"] in {"won", "valid"}


async def test_codes_that_could_be_guessed_are_not_made(tmp_path: Path) -> None:
    async with scene(tmp_path, **SETTINGS) as (_, client, _phone):
        with pytest.raises(Invalid):
            await client.call("contests.generate", contest="summer", count=50_000, length=6)
        made = (await client.call("contests.generate", contest="summer", count=500, length=12))[
            "codes"
        ]
    assert len(set(made)) == 500
    assert all(adds_up(code) and len(code) == 12 for code in made)


async def test_a_contest_is_made_and_deleted_by_hand(tmp_path: Path) -> None:
    async with scene(tmp_path) as (_, client, _phone):
        made = await client.call(
            "contests.create", contest="autumn", prizes=[{"name": "x", "codes": 1}]
        )
        with pytest.raises(Conflict):
            await client.call("contests.create", contest="autumn")
        await codes(client, 5, "autumn")
        await client.call("contests.delete", contest="autumn")
        with pytest.raises(NotFound):
            await client.call("contests.get", contest="autumn")
        again = await client.call("contests.create", contest="autumn")
    assert (made["state"], again["codes"]) == ("open", 0)
    assert made["commitment"] != again["commitment"]
