"""Mail becomes SMS: who may send to whom, what is sent, and what each command is answered."""

import asyncio
from pathlib import Path

import aiosmtplib
import pytest

from gsmd.gateways.mail.users import line_for
from tests.gateways.mail.scene import ADDRESS, ANNA, OPS, PHONE, Scene, mail, scene

LONG = "A text that is longer than any SMS may be. " * 40


async def refused(stage: Scene, *to: str, sender: str = ANNA) -> list[tuple[int, str]]:
    """The answers to recipients that are all refused."""
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
        await stage.send(mail("hello"), to or (ADDRESS,), sender)
    return [(each.code, each.message) for each in caught.value.recipients]


async def test_a_mail_is_an_sms_once_it_is_answered_250(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        answer = await stage.send(mail("Good morning", message_id="<1@example.org>"))
        [message] = await stage.outbox()
        assert answer.endswith(f"queued as {message.id}")
        assert (message.peer, message.text) == (PHONE, "Good morning")


async def test_a_repeated_mail_is_the_first_message_and_a_recipient_more_is_another(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        first = mail("Good morning", message_id="<1@example.org>")
        one = await stage.send(first)
        assert await stage.send(first) == one
        await stage.send(first, ["33611111111@sms.local", ADDRESS])
        assert [each.peer for each in await stage.outbox()] == [PHONE, "+33611111111"]


async def test_a_program_that_gives_all_its_mail_one_message_id_loses_nothing(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        for text in ("door open", "door closed", "door closed"):
            await stage.send(mail(text, message_id="<alarm@device>"))
        assert [each.text for each in await stage.outbox()] == ["door open", "door closed"]


async def test_an_address_stands_for_a_number_a_contact_or_one_through_a_sim(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, contacts={"bob": "+33622222222"}) as stage:
        for address, peer, modem in (
            ("+33612345678@sms.local", PHONE, None),
            ("33612345678@SMS.local", PHONE, None),
            ("0612345678@sms.local", PHONE, None),
            ("bob@sms.local", "+33622222222", None),
            ("bob.north@sms.local", "+33622222222", "north"),
            ("33612345678.north@sms.local", PHONE, "north"),
            ("06.12.34.56.78@sms.local", PHONE, None),
            ("36111@sms.local", "36111", None),
        ):
            await stage.send(mail("hello"), address)
            message = (await stage.outbox())[-1]
            assert message.peer == peer, address
            assert modem is None or message.modem == modem, address


async def test_each_recipient_is_answered_by_itself(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.client.optout.add("+33633333333")
        async with stage.connected() as client:
            refusals, _ = await client.sendmail(
                ANNA,
                [
                    ADDRESS,
                    "33633333333@sms.local",
                    "331@sms.local",
                    "99912345678901@sms.local",
                    "nobody@sms.local",
                    "33612345678.south@sms.local",
                    "list-none@sms.local",
                    "33612345678@elsewhere.org",
                ],
                mail("hello").as_bytes(),
            )
        assert {each[0] for each in refusals.values()} == {550}
        assert "opted out" in refusals["33633333333@sms.local"][1]
        assert "south" in refusals["33612345678.south@sms.local"][1]
        assert "sms.local only" in refusals["33612345678@elsewhere.org"][1]
        assert len(refusals) == 6 or len(refusals) == 7  # 331 is a short code
        assert ADDRESS not in refusals


async def test_a_list_gets_it_too(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.client.lists.create("news")
        await stage.client.lists.add("news", [PHONE, "+33611111111"])
        one = mail("Open tomorrow", message_id="<1@example.org>")
        await stage.send(one, "list-news@sms.local")
        await stage.send(one, "list-news@sms.local")
        async with asyncio.timeout(60):
            while len(await stage.outbox()) < 2:
                await asyncio.sleep(0.02)
        assert len((await stage.client.campaigns.list()).campaigns) == 1


async def test_the_number_may_stand_in_the_subject(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.send(mail("hello", "+33 6 12 34 56 78, 0611111111"), "sms@sms.local")
        assert {each.peer for each in await stage.outbox()} == {PHONE, "+33611111111"}
        with pytest.raises(aiosmtplib.SMTPDataError, match="has to be a number"):
            await stage.send(mail("hello", "Hello there"), "sms@sms.local")


async def test_the_subject_is_sent_where_there_is_no_text(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.send(mail("", "Battery é low"))
        await stage.send(mail("the text", "the subject"))
        assert [each.text for each in await stage.outbox()] == ["Battery é low", "the text"]
        with pytest.raises(aiosmtplib.SMTPDataError, match="no text") as caught:
            await stage.send(mail("\n\n"))
        assert caught.value.code == 550


async def test_who_is_not_on_the_list_may_not_send(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        [(code, text)] = await refused(stage, sender="eve@example.com")
        assert code == 550
        assert "eve@example.com" in text


async def test_the_list_holds_only_for_its_networks(tmp_path: Path) -> None:
    async with scene(tmp_path, networks=["192.0.2.0/24"]) as stage:
        [(code, text)] = await refused(stage)
        assert (code, "sign in" in text) == (550, True)


async def test_a_user_who_signs_in_may_send_from_anywhere(tmp_path: Path) -> None:
    users = tmp_path / "users"
    users.write_text(f"# people\n{line_for('anna', 'good one')}\n")
    options = {"from": [], "networks": ["192.0.2.0/24"], "users_file": str(users)}
    async with scene(tmp_path, **options) as stage:
        async with stage.connected(username="anna", password="good one") as client:
            await client.sendmail(ANNA, ADDRESS, mail("hello").as_bytes())
        async with stage.connected() as client:
            with pytest.raises(aiosmtplib.SMTPAuthenticationError) as caught:
                await client.login("anna", "bad one")
            assert caught.value.code == 535
        [message] = await stage.outbox()
        history = await stage.client.show(message.id)
        assert any(each.detail.get("actor") == "anna@mail" for each in history.events)


async def test_there_is_no_auth_without_users(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage, stage.connected() as client:
        await client.ehlo()
        assert not client.supports_extension("auth")
        assert client.supports_extension("dsn")
        assert not client.supports_extension("starttls")


async def test_machines_are_never_heard(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated (out of office)"},
            {"Precedence": "bulk"},
            {"Precedence": "list"},
            {"X_Gsmd_Id": "abc"},
            {"Message_ID": "<abc@sms.local>"},
        ):
            with pytest.raises(aiosmtplib.SMTPDataError, match="machines") as caught:
                await stage.send(mail("I am away", **headers))
            assert caught.value.code == 550
        assert await stage.outbox() == []


async def test_mail_without_a_sender_is_a_machines(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        with pytest.raises(aiosmtplib.SMTPSenderRefused) as caught:
            await stage.send(mail("bounced"), sender="")
        assert caught.value.code == 550


async def test_what_is_too_long_is_refused_with_the_figures(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        with pytest.raises(aiosmtplib.SMTPDataError, match=r"12 SMS, and 6 are allowed") as caught:
            await stage.send(mail(LONG))
        assert caught.value.code == 552
        assert await stage.outbox() == []


@pytest.mark.parametrize("lines", ["x" * 70 + "\r\n", "x"])
async def test_what_is_too_large_is_refused_and_the_connection_goes_on(
    tmp_path: Path, lines: str
) -> None:
    async with scene(tmp_path, max_size="64K") as stage, stage.connected() as client:
        await client.ehlo()
        content = "Subject: x\r\n\r\n" + lines * (400_000 // len(lines)) + "\r\n"
        with pytest.raises(aiosmtplib.SMTPResponseException, match="65536") as caught:
            await client.sendmail(ANNA, ADDRESS, content)
        assert caught.value.code == 552
        await client.mail(ANNA)
        await client.rcpt(ADDRESS)
        await client.data(mail("small").as_bytes())
        assert [each.text for each in await stage.outbox()] == ["small"]


async def test_a_sender_has_a_quota(tmp_path: Path) -> None:
    async with scene(tmp_path, per_sender=2) as stage:
        await stage.send(mail("one"), [ADDRESS, "33611111111@sms.local"])
        assert [code for code, _ in await refused(stage)] == [452]
        await stage.send(mail("another"), sender=OPS)
        assert len(await stage.outbox()) == 3


async def test_while_the_daemon_is_away_mail_is_to_come_later(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        stage.gateway._watch._there.clear()
        assert [code for code, _ in await refused(stage)] == [451]


async def test_attachments_are_left_out_and_the_sender_is_told(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        message = mail("see the picture", "Picture", "<1@example.org>")
        message.add_attachment(b"\xff\xd8", "image", "jpeg", filename="cat.jpg")
        await stage.send(message)
        notice = await stage.smarthost.mail()
        assert "cat.jpg" in notice.get_content()
        assert notice["In-Reply-To"] == "<1@example.org>"
        assert notice["Auto-Submitted"] == "auto-replied"
        assert stage.smarthost.envelopes == [("<>", [ANNA])]
        assert [each.text for each in await stage.outbox()] == ["see the picture"]


async def test_a_reload_changes_who_may_send(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.gateway.reload(stage.config(**{"from": ["bob@example.org"]}))
        assert [code for code, _ in await refused(stage)] == [550]
        await stage.send(mail("hello"), sender="bob@example.org")
