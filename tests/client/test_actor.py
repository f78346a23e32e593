"""For whom something is done: said with a call, or once for all calls of a client; kept by the real core."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gsmd.api.server import Server
from gsmd.client import AsyncClient, Client, Invalid
from gsmd.config import parse
from gsmd.core.app import App
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.methods import METHODS
from gsmd.store.engine.database import Database
from tests.cli.fake_daemon import FakeDaemon

ANNA, PHONE = "anna@web", "+33611111111"
CONFIG = (
    "state_dir: {path}\nsocket: {{path: {path}/s}}\nmodems: [{{name: north, port: {path}/none}}]\n"
)


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """A client that says nothing of anybody, and the whole of gsmd."""
    config = parse(CONFIG.format(path=tmp_path), "test", HANDLER_KINDS)
    app = await App.open(config, await Database.open(tmp_path / "gsmd.db"))
    server = Server(app, config.socket)
    await server.start()
    async with AsyncClient(server.path, timeout=60) as client:
        yield client
    await server.close(grace=1)
    await app.close()


async def told(core: AsyncClient, count: int) -> list[tuple[str, str | None]]:
    """Type and actor of the first events there were."""
    async with core.events(after=0) as stream:
        events = [await stream.receive(60) for _ in range(count)]
    return [(event.type, event.fields.get("actor")) for event in events]


async def test_the_story_of_a_message_says_who_sent_and_who_cancelled_it(
    core: AsyncClient,
) -> None:
    message = await core.send(PHONE, "Hello", actor=ANNA)
    await core.cancel(message.id, actor="ben@web")
    await core.retry(message.id)
    history = await core.show(message.id, actor=ANNA)
    assert [(event.type, event.detail.get("actor")) for event in history.events] == [
        ("message.queued", ANNA),
        ("message.cancelled", "ben@web"),
        ("message.queued", None),
    ]


async def test_opt_out_keeps_it_in_the_list_and_on_record(core: AsyncClient) -> None:
    await core.optout.add(PHONE, actor=ANNA)
    (entry,) = (await core.optout.list()).optouts
    await core.optout.remove(PHONE, note="asked to", actor="ben@web")
    changes = (await core.optout.log(PHONE)).changes
    assert (entry.actor, entry.note) == (ANNA, None)
    assert [(each.wish, each.actor, each.note) for each in changes] == [
        ("start", "ben@web", "asked to"),
        ("stop", ANNA, None),
    ]
    assert await told(core, 2) == [("optout.stop", ANNA), ("optout.start", "ben@web")]


async def test_without_it_the_record_says_whose_process_it_was(core: AsyncClient) -> None:
    user = (await core.info()).user
    await core.optout.add(PHONE)
    await core.blocks.add("Spam")
    (entry,) = (await core.optout.list()).optouts
    (block,) = (await core.blocks.list()).blocks
    assert (entry.actor, entry.note) == (block.actor, block.note) == (None, f"by {user}")


async def test_a_block_keeps_it(core: AsyncClient) -> None:
    await core.blocks.add("Spam", actor=ANNA)
    (block,) = (await core.blocks.list()).blocks
    await core.blocks.remove("Spam", actor="ben@web")
    changes = (await core.blocks.log()).changes
    assert (block.actor, block.note) == (ANNA, None)
    assert [(each.wish, each.actor) for each in changes] == [
        ("unblock", "ben@web"),
        ("block", ANNA),
    ]
    assert await told(core, 2) == [("block.added", ANNA), ("block.removed", "ben@web")]


async def test_a_list_knows_who_put_somebody_on_it(core: AsyncClient) -> None:
    await core.lists.create("news", actor=ANNA)
    await core.lists.add("news", [PHONE], actor=ANNA)
    (member,) = (await core.lists.get("news")).members
    await core.lists.remove("news", [PHONE], actor="ben@web")
    await core.lists.delete("news", actor="ben@web")
    assert member.actor == ANNA
    assert await told(core, 4) == [
        ("list.created", ANNA),
        ("list.added", ANNA),
        ("list.removed", "ben@web"),
        ("list.deleted", "ben@web"),
    ]


async def test_who_read_and_who_forgot_a_person_is_on_record_and_the_person_is_not(
    core: AsyncClient,
) -> None:
    await core.people.get(PHONE)
    await core.people.get(PHONE, actor=ANNA)
    await core.people.messages(PHONE, actor=ANNA)
    assert await told(core, 2) == [("people.read", ANNA), ("people.read", ANNA)]
    await core.people.forget(PHONE, actor=ANNA)
    types = await told(core, 3)
    assert types == [("event.erased", None), ("event.erased", None), ("people.forgotten", ANNA)]


async def test_polls_and_campaigns_are_made_by_somebody(core: AsyncClient) -> None:
    await core.polls.create("lunch", ["soup", "fish"], actor=ANNA)
    await core.polls.close("lunch", actor="ben@web")
    await core.lists.add("news", [PHONE])
    campaign = await core.campaigns.create("news", "Hello", per_minute=0.1, actor=ANNA)
    await core.campaigns.cancel(campaign.id, actor="ben@web")
    by_type = dict(await told(core, 5))
    assert by_type["poll.created"] == by_type["campaign.running"] == ANNA
    assert by_type["poll.closed"] == by_type["campaign.cancelled"] == "ben@web"


@pytest.mark.parametrize("method", METHODS)
async def test_every_method_takes_it_and_looks_at_it(core: AsyncClient, method: str) -> None:
    with pytest.raises(Invalid) as wrong:
        await core.call(method, actor="two\nlines", **required(method))
    assert wrong.value.field == "actor"
    assert "printable characters on one line" in str(wrong.value)


@pytest.mark.parametrize("actor", ["", "x" * 129, "\u202eanna"])
async def test_it_is_a_printable_name_of_bounded_length(core: AsyncClient, actor: str) -> None:
    with pytest.raises(Invalid):
        await core.optout.add(PHONE, actor=actor)
    assert not (await core.optout.list()).optouts


def required(method: str) -> dict[str, Any]:
    """Values for what must be given: of the right type, or none of it would be looked at."""
    known = {
        "members": [PHONE],
        "peers": [PHONE],
        "options": ["a", "b"],
        "settle": [],
        "state": "sent",
    }
    params = METHODS[method].params
    names = params.__struct_encode_fields__
    needed = len(names) - len(params.__struct_defaults__)
    return {name: known.get(name, "x") for name in names[:needed]} | (
        {"text": "x"} if method == "messages.send" else {}
    )


@pytest.mark.parametrize("kind", [Client, AsyncClient])
async def test_a_client_says_it_with_every_call_unless_the_call_says_otherwise(
    tmp_path: Path, kind: type[Client] | type[AsyncClient]
) -> None:
    with FakeDaemon(tmp_path / "s") as daemon:
        await say_it(daemon, kind(daemon.path, timeout=20, actor=ANNA))
        actors = [params["actor"] for params in daemon.asked("optout.add")]
    assert actors == [ANNA, "ben@web", ANNA]


async def say_it(daemon: FakeDaemon, client: Client | AsyncClient) -> None:
    daemon.methods["optout.add"] = lambda _: {"peer": PHONE, "added": True}

    async def ask(function: Any, *args: Any, **params: Any) -> None:
        if isinstance(client, AsyncClient):
            await function(*args, **params)
        else:
            await asyncio.to_thread(function, *args, **params)

    await ask(client.optout.add, PHONE)
    await ask(client.optout.add, PHONE, actor="ben@web")
    await ask(client.call, "optout.add", peer=PHONE)
    await ask(client.close)
