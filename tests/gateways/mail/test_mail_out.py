"""SMS become mail: threads, answers, several people, a smarthost that is away or refuses."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest

from gsmd.gateways.mail.composing import Letter
from gsmd.gateways.mail.forwarding import Forwarding
from gsmd.gateways.mail.submitting import Submitting
from gsmd.gateways.mail.tables import Conversation, Submission
from gsmd.protocol.message import State
from tests.gateways.mail.scene import (
    ANNA,
    OPS,
    PATIENCE,
    PHONE,
    Scene,
    answer_to,
    mail,
    scene,
)

BOB = "bob@example.org"
SOUTH = "+33600000002"


async def test_a_message_becomes_a_mail_whose_text_it_is(tmp_path: Path) -> None:
    async with scene(tmp_path, contacts={"bob": PHONE}) as stage:
        stage.say("Hello é€ 世界")
        got = await stage.smarthost.mail()
        assert got.get_content().rstrip("\r\n") == "Hello é€ 世界"
        assert got["Subject"] == f"SMS {PHONE}"
        assert got["From"].addresses[0].display_name == f"{PHONE} (bob)"
        assert got["To"] == OPS
        [message] = (await stage.client.list(direction="inbound")).messages
        assert got["Message-ID"] == f"<{message.id}@sms.local>"
        assert (got["X-Gsmd-Sim"], got["X-Gsmd-Peer"]) == ("north", PHONE)
        await stage.handled()


async def test_mail_of_a_conversation_is_one_thread(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        for number, text in enumerate(("one", "two", "three"), 1):
            stage.say(text)
            await stage.smarthost.mail(number)
        first, second, third = stage.smarthost.mails
        root = first["In-Reply-To"]
        assert first["References"] == root
        assert second["References"].split() == [root, first["Message-ID"]]
        assert third["References"].split() == [root, second["Message-ID"]]
        assert third["In-Reply-To"] == second["Message-ID"]
        assert len({each["Subject"] for each in stage.smarthost.mails}) == 1
        assert len({each["Reply-To"] for each in stage.smarthost.mails}) == 1
        stage.say("somebody else", phone="+33655555555")
        assert (await stage.smarthost.mail(4))["In-Reply-To"] != root


async def test_an_answer_is_an_sms_through_the_sim_that_heard_the_question(tmp_path: Path) -> None:
    async with scene(tmp_path, modems=("north", "south")) as stage:
        stage.say("Are you there?", sim=SOUTH)
        got = await stage.smarthost.mail()
        await stage.send(answer_to(got, "Yes, we are"), got["Reply-To"].addresses[0].addr_spec)
        [sent] = await stage.outbox()
        [asked] = (await stage.client.list(direction="inbound")).messages
        assert (sent.peer, sent.text, sent.modem) == (PHONE, "Yes, we are", "south")
        assert sent.in_reply_to == asked.id


async def test_who_has_the_address_of_a_conversation_may_answer_and_nobody_who_guesses(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, **{"from": []}) as stage:
        stage.say("Are you there?")
        got = await stage.smarthost.mail()
        address = got["Reply-To"].addresses[0].addr_spec
        await stage.send(answer_to(got, "Yes"), address, sender="eve@example.com")
        assert len(await stage.outbox()) == 1
        local, _, domain = address.partition("@")
        guess = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
            await stage.send(answer_to(got, "Yes"), guess, sender="eve@example.com")
        assert caught.value.recipients[0].code == 550


async def test_an_answer_belongs_to_the_thread_and_what_comes_back_follows_it(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        stage.say("Are you there?")
        got = await stage.smarthost.mail()
        answer = answer_to(got, "Yes", OPS)
        await stage.send(answer, got["Reply-To"].addresses[0].addr_spec, OPS)
        await delivered(stage)
        stage.say("Good")
        then = await stage.smarthost.mail(2)
        assert then["To"] == OPS
        assert then["References"].split() == [got["In-Reply-To"], answer["Message-ID"]]


async def delivered(stage: Scene) -> None:
    async with asyncio.timeout(PATIENCE):
        for message in await stage.outbox():
            await stage.client.wait(message.id, State.DELIVERED, timeout=PATIENCE)


async def test_the_others_see_what_one_of_them_answered(tmp_path: Path) -> None:
    forward = [{"match": {"unclaimed": True}, "to": [ANNA, BOB]}]
    async with scene(tmp_path, forward=forward) as stage:
        stage.say("Are you there?")
        got = await stage.smarthost.mail()
        answer = answer_to(got, "Yes, we are")
        await stage.send(answer, got["Reply-To"].addresses[0].addr_spec)
        copy = await stage.smarthost.mail(2)
        assert stage.smarthost.envelopes[1] == ("<>", [BOB])
        assert "Yes, we are" in copy.get_content()
        assert ANNA in copy.get_content()
        assert got["In-Reply-To"] in copy["References"]
        assert (
            copy["Reply-To"] == got["Reply-To"]
            or copy["Reply-To"].addresses[0].addr_spec == got["Reply-To"].addresses[0].addr_spec
        )


async def test_what_answers_a_mailed_sms_comes_to_who_mailed_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.send(mail("Are you there?", "Hello", "<1@example.org>"))
        await delivered(stage)
        stage.say("Yes")
        got = await stage.smarthost.mail()
        assert stage.smarthost.envelopes[0][1] == [ANNA]
        assert got["Subject"] == "Re: Hello"
        assert "<1@example.org>" in got["References"].split()
        await stage.send(answer_to(got, "Fine"), got["Reply-To"].addresses[0].addr_spec)
        assert [each.text for each in await stage.outbox()] == ["Are you there?", "Fine"]


async def test_a_senders_name_cannot_be_answered(tmp_path: Path) -> None:
    conversation = Conversation(
        token="a" * 20, handler="mail-1", party="", peer="Shop", modem="north", subject="SMS Shop"
    )
    letter = Letter(
        conversation=conversation, root="<r@sms.local>", domain="sms.local", to=(OPS,), modem=None
    )
    assert letter.headers(datetime.now(UTC), "Shop")["Reply-To"] is None
    async with scene(tmp_path) as stage:
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
            await stage.send(mail("thanks"), letter.envelope_sender)
        assert caught.value.recipients[0].code == 550


async def test_nothing_is_lost_while_the_smarthost_is_away(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.smarthost.stop()
        for text in ("one", "two", "three"):
            stage.say(text)
        async with asyncio.timeout(PATIENCE):
            while stage.gateway._settings.smarthost is None or not (
                stage.gateway._settings.smarthost.away
            ):
                await asyncio.sleep(0.02)
        assert "smarthost is away" in stage.gateway.status()
        await stage.smarthost.start()
        await stage.smarthost.mail(3)
        assert {each.get_content().strip() for each in stage.smarthost.mails} == {
            *("one", "two", "three")
        }
        await stage.handled()


async def test_a_mail_that_is_refused_for_good_is_a_dead_letter(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        stage.smarthost.answer = "554 no"
        stage.say("one")
        async with asyncio.timeout(PATIENCE):
            while not (dead := await stage.client.dead()):
                await asyncio.sleep(0.02)
        assert dead[0].handler == "mail-1"
        assert "554" in dead[0].reason


async def test_a_mail_that_is_refused_for_now_comes_again(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        stage.smarthost.answer = "451 later"
        stage.say("one")
        async with asyncio.timeout(PATIENCE):
            await stage.smarthost.news.wait()
        stage.smarthost.answer = "250 OK"
        assert (await stage.smarthost.mail()).get_content().strip() == "one"


async def test_one_recipient_that_is_refused_does_not_hold_up_the_others(tmp_path: Path) -> None:
    forward = [{"match": {"unclaimed": True}, "to": [ANNA, BOB]}]
    async with scene(tmp_path, forward=forward) as stage:
        stage.smarthost.refused = {BOB: "550 no such user"}
        stage.say("one")
        await stage.smarthost.mail()
        await stage.handled()
        assert stage.smarthost.envelopes[0][1] == [ANNA]


async def test_a_failure_is_reported_to_the_sender(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        stage.rig.network.phone(PHONE).rejects = True
        await stage.send(mail("hello", message_id="<1@example.org>"))
        report = await stage.smarthost.mail()
        words = report.get_payload()[0].get_content()
        assert "was not delivered" in words
        assert "> hello" in words
        status = report.get_payload()[1].as_string()
        assert "Action: failed" in status
        assert "Final-Recipient: rfc822; 33612345678@sms.local" in status
        assert report["In-Reply-To"] == "<1@example.org>"


async def test_a_failure_that_is_quicker_than_our_own_file_is_reported_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = asyncio.Event()
    keep, look = Submitting._keep, Forwarding._submission

    async def keep_late(*given: Any) -> None:
        await looked.wait()
        await keep(*given)

    async def look_early(self: Forwarding, message: str) -> Submission | None:
        found = await look(self, message)
        looked.set()
        return found

    monkeypatch.setattr(Submitting, "_keep", keep_late)
    monkeypatch.setattr(Forwarding, "_submission", look_early)
    async with scene(tmp_path) as stage:
        stage.rig.network.phone(PHONE).rejects = True
        await stage.send(mail("hello", message_id="<1@example.org>"))
        report = await stage.smarthost.mail()
        assert report["In-Reply-To"] == "<1@example.org>"


async def test_a_failure_is_not_reported_to_who_wants_none(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        stage.rig.network.phone(PHONE).rejects = True
        await stage.send(mail("one"), rcpt_options=["NOTIFY=NEVER"])
        await stage.send(mail("two"))
        report = await stage.smarthost.mail()
        assert "> two" in report.get_payload()[0].get_content()


async def test_a_delivery_is_reported_to_who_asked_for_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.send(
            mail("hello", message_id="<1@example.org>"),
            mail_options=["ENVID=42"],
            rcpt_options=["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;bob@example.org"],
        )
        report = await stage.smarthost.mail()
        assert report.get_content_type() == "multipart/report"
        status = report.get_payload()[1].as_string()
        assert "Action: delivered" in status
        assert "Original-Envelope-Id: 42" in status
        assert "Original-Recipient: rfc822;bob@example.org" in status
        assert report["In-Reply-To"] == "<1@example.org>"
        assert report["Auto-Submitted"] == "auto-replied"
        assert stage.smarthost.envelopes == [("<>", [ANNA])]


async def test_a_delivery_is_not_reported_to_who_did_not_ask(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.send(mail("one"))
        await stage.send(mail("two"), rcpt_options=["NOTIFY=NEVER"])
        await delivered(stage)
        stage.say("answer")
        got = await stage.smarthost.mail()
        assert got.get_content().strip() == "answer"
        assert len(stage.smarthost.mails) == 1


async def test_no_header_can_be_put_in_by_what_somebody_texts(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        stage.say("Hello\r\nBcc: eve@example.com\r\n\r\n.\r\nMAIL FROM:<eve@example.com>")
        got = await stage.smarthost.mail()
        assert got["Bcc"] is None
        assert "Bcc: eve@example.com" in got.get_content()
        assert stage.smarthost.envelopes[0][1] == [OPS]
        assert len(stage.smarthost.mails) == 1
