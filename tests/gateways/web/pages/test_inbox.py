"""The inbox without a script."""

from pathlib import Path

from gsmd.protocol.method import Role
from tests.gateways.web.house import PASSWORD
from tests.gateways.web.pages.scene import PEER, Scene, scene, words
from tests.rig import PATIENCE


async def test_a_message_stands_in_the_inbox_and_an_answer_reaches_the_telephone(
    desk: Scene,
) -> None:
    await desk.came_in("is the shop open?")
    assert "is the shop open?" in words(await desk.page("/inbox"))
    talk = await desk.page(f"/inbox/{PEER}")
    assert "Mark as read (1)" in words(talk)
    where = await desk.done(f"/inbox/{PEER}/send", text="until six", key="k1")
    again = await desk.done(f"/inbox/{PEER}/send", text="until six", key="k1")
    assert where == again
    (received,) = await desk.rig.network.phone(PEER).expect(1, PATIENCE)
    assert received.text == "until six"
    assert "until six" in words(await desk.page(where))
    sent = (await desk.client.list(direction="outbound")).messages
    assert len(sent) == 1


async def test_looking_marks_nothing_as_read_and_the_button_does(desk: Scene) -> None:
    await desk.came_in("hello")
    await desk.page(f"/inbox/{PEER}")
    assert "Mark as read" in words(await desk.page(f"/inbox/{PEER}"))
    await desk.done(f"/inbox/{PEER}/read")
    assert "Mark as read" not in words(await desk.page(f"/inbox/{PEER}"))


async def test_a_conversation_is_taken_labelled_noted_snoozed_and_closed(desk: Scene) -> None:
    await desk.came_in("help")
    base = f"/inbox/{PEER}"
    await desk.done(f"{base}/set", assignee="anna", labels="support, urgent")
    await desk.done(f"{base}/note", text="calls back", key="n1")
    page = words(await desk.page(base))
    for word in ("anna", "support", "urgent", "calls back"):
        assert word in page
    await desk.done(f"{base}/set", snooze="tomorrow")
    assert "help" not in words(await desk.page("/inbox"))
    assert "help" in words(await desk.page("/inbox?view=snoozed"))
    await desk.done(f"{base}/set", state="closed")
    assert "help" in words(await desk.page("/inbox?view=closed"))
    assert "help" in words(await desk.page("/inbox?view=mine"))
    assert "help" in words(await desk.page("/inbox?label=support&view=all"))


async def test_what_cannot_be_sent_says_why_and_keeps_the_text(desk: Scene) -> None:
    await desk.came_in("STOP")
    answer = await desk.post(f"/inbox/{PEER}/send", text="but our offer")
    page = answer.body.decode()
    assert answer.status == 422
    assert 'role="alert"' in page
    assert "but our offer" in page


async def test_a_page_sends_no_more_than_its_user_may(tmp_path: Path) -> None:
    async with scene(tmp_path, web="sends: {per_user: 1/h}") as desk:
        await desk.came_in("hello")
        await desk.done(f"/inbox/{PEER}/send", text="once")
        answer = await desk.post(f"/inbox/{PEER}/send", text="once more")
        assert (answer.status, "web.sends.per_user" in answer.body.decode()) == (422, True)
        assert (await desk.post("/compose", to=PEER, text="once more")).status == 422
        listed = await desk.client.call("messages.list", direction="outbound")
        assert [each["text"] for each in listed["messages"]] == ["once"]


async def test_a_password_is_asked_for_once_more_to_write_to_who_said_stop(desk: Scene) -> None:
    await desk.came_in("STOP")
    path, said = f"/inbox/{PEER}/send", {"text": "it is urgent", "override": "yes"}
    assert 'name="password"' in await desk.page(f"/inbox/{PEER}")
    for password in ("", "not the one"):
        answer = await desk.post(path, **said, password=password)
        assert (answer.status, "it is urgent" in answer.body.decode()) == (422, True)
    await desk.done(path, **said, password=PASSWORD)
    await desk.done(path, **said)  # it holds for some minutes
    texts = [each["text"] for each in (await desk.client.call("messages.list"))["messages"]]
    assert texts.count("it is urgent") == 2


async def test_whoever_may_only_read_has_nothing_to_press(desk: Scene) -> None:
    await desk.came_in("hello")
    reader = await desk.as_("ben", Role.READ)
    page = await reader.page(f"/inbox/{PEER}")
    assert "<textarea" not in page
    assert (await reader.post(f"/inbox/{PEER}/send", text="x")).status == 403


async def test_others_see_who_is_answering(desk: Scene) -> None:
    await desk.came_in("hello")
    other = await desk.as_("ben")
    assert (await other.post(f"/inbox/{PEER}/answering")).status == 204
    assert "ben is answering" in words(await desk.page(f"/inbox/{PEER}"))
    assert "ben is answering" not in words(await other.page(f"/inbox/{PEER}"))
