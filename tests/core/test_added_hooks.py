"""Web hooks made at run time: added, replaced, suspended, resumed, removed, over restarts and reloads."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gsmd.config import HandlerConfig, Retry
from gsmd.config.web import WebConfig
from gsmd.handlers.webhook import WebHookSettings
from gsmd.protocol import handlers as rows
from gsmd.protocol import inbox
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.handlers import (
    AddParams,
    AttemptsParams,
    HandlerParams,
    HandlerState,
    HandlerStatus,
    Origin,
    RedriveParams,
)
from gsmd.protocol.inbox import PullParams
from gsmd.protocol.message import State
from gsmd.protocol.method import Method, Role
from gsmd.protocol.types import Nothing
from tests.core.bench import Bench, bench, deliver
from tests.core.hook_shop import Shop, open_shop

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOOPBACK = WebConfig(hooks_allow=("127.0.0.0/8",))


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as shop:
        yield shop


async def add(it: Bench, name: str = "hook", **more: Any) -> HandlerStatus:
    return await it.app.hooks.add(AddParams(name=name, **more))


async def listed(it: Bench, name: str = "hook") -> HandlerStatus:
    found = (await it.ask(rows.LIST, Nothing())).handlers
    return next(handler for handler in found if handler.name == name)


async def text(it: Bench, *texts: str) -> None:
    for each in texts:
        before = len(it.told("message.received"))
        it.modem.arrive(*deliver(each))
        await it.until(lambda before=before: len(it.told("message.received")) > before)  # type: ignore[misc] # mypy cannot infer a lambda's default


async def test_a_hook_that_was_added_gets_what_comes_from_then_on(
    tmp_path: Path, shop: Shop
) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        await it.worker("crm")
        await text(it, "before")
        status = await add(it, post=shop.url, match={"keyword": "STOCK"}, secret=SECRET)
        await text(it, "STOCK 1", "nothing for it", "stock 2")
        await shop.gets(2)

        assert shop.texts == ["STOCK 1", "stock 2"]
        assert shop.headers[0]["webhook-signature"].startswith("v1,")
        assert shop.headers[0]["webhook-id"] == f"{shop.ids[0]}:hook"
        assert (status.origin, status.transport, status.state) == (
            Origin.ADDED,
            "post",
            HandlerState.ACTIVE,
        )
        assert status.match == {"keyword": ["STOCK"]}
        assert status.host is not None
        assert status.host.startswith("127.0.0.1:")


async def test_it_outlives_a_restart_with_its_match_and_its_secret(
    tmp_path: Path, shop: Shop
) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        await add(it, post=shop.url, match={"keyword": "STOCK"}, secret=SECRET, concurrency=1)
        before = await listed(it)
        await it.restart()
        await text(it, "nothing for it", "STOCK 1")
        await shop.gets(1)

        assert shop.texts == ["STOCK 1"]
        assert "webhook-signature" in shop.headers[0]
        after = await listed(it)
        for told in ("origin", "transport", "match", "host", "state"):
            assert getattr(after, told) == getattr(before, told)


async def test_no_method_and_no_event_tells_the_secret(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        status = await add(it, post=shop.url, secret=SECRET)
        told = (status, await it.ask(rows.LIST, Nothing()), it.events)
        assert SECRET[6:] not in repr(told)
        assert SECRET[6:] not in repr(it.app._registry.directory)


async def test_a_reload_leaves_it_in_peace(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        await add(it, post=shop.url)
        worker = it.app._registry.get("hook")
        await it.app.reload(it.config)
        assert it.app._registry.get("hook") is worker
        await text(it, "hello")
        await shop.gets(1)


async def test_what_a_reload_allows_no_more_gets_nothing_more(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        await add(it, post=shop.url, retry={"first": "1h", "max": "1h"})
        await it.app.reload(msgspec.structs.replace(it.config, web=None))
        await text(it, "hello")
        await it.until(lambda: it.told("delivery.failed"))
        (failed,) = it.told("delivery.failed")
        assert "web.hooks_allow" in failed.fields["reason"]
        assert shop.bodies == []


async def test_the_configuration_takes_its_name_and_what_waits(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        shop.status = 410
        await add(it, post=shop.url + "/old", secret=SECRET)
        await text(it, "hello")
        await it.until(lambda: it.told("handler.suspended"))
        shop.status = 204
        hook = HandlerConfig(name="hook", settings=WebHookSettings(post=shop.url))
        it.config = msgspec.structs.replace(it.config, handlers=(hook,))
        await it.app.reload(it.config)
        await shop.gets(2)
        assert "webhook-signature" not in shop.headers[1]
        assert (await listed(it)).origin is Origin.CONFIGURED
        with pytest.raises(Refused) as caught:
            await add(it, post=shop.url)
        assert (caught.value.code, caught.value.data["reason"]) == (Code.CONFLICT, "configured")
        await it.restart()
        assert (await listed(it)).origin is Origin.CONFIGURED


async def test_adding_it_again_replaces_it_and_keeps_what_waits(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        shop.status = 500
        await add(it, post=shop.url + "/wrong", secret=SECRET, retry={"first": "1h", "max": "1h"})
        await text(it, "hello")
        await shop.gets(1)
        await it.until(lambda: it.told("delivery.failed"))
        shop.status = 204
        await add(it, post=shop.url)
        await shop.gets(2)
        assert shop.ids[0] == shop.ids[1]
        assert shop.headers[0]["webhook-id"] == shop.headers[1]["webhook-id"]
        # the secret that was not given anew stays
        assert "webhook-signature" in shop.headers[1]


async def test_gone_suspends_it_and_nothing_is_lost(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        shop.status = 410
        await add(it, post=shop.url, retry={"attempts": 1})
        await text(it, "one")
        await it.until(lambda: it.told("handler.suspended"))
        await text(it, "two", "three")
        await it.settled()
        status = await listed(it)
        assert (status.state, status.pending, status.dead) == (HandlerState.SUSPENDED, 3, 0)
        assert status.reason == "answered 410 Gone"
        await it.restart()
        await it.settled()
        assert (await listed(it)).state is HandlerState.SUSPENDED
        assert len(shop.bodies) == 1

        shop.status = 204
        assert (await it.ask(rows.RESUME, HandlerParams("hook"))).resumed
        await shop.gets(4)
        assert shop.texts == ["one", "one", "two", "three"]
        assert (await listed(it)).state is HandlerState.ACTIVE
        assert [event.fields for event in it.told("handler.resumed")] == [{"handler": "hook"}]
        assert not (await it.ask(rows.RESUME, HandlerParams("hook"))).resumed
        messages = await it.inbox(3, state=State.HANDLED)
        assert len(messages) == 3


async def test_a_configured_hook_that_is_gone_is_suspended_until_its_address_is_another(
    tmp_path: Path, shop: Shop
) -> None:
    def config(post: str, attempts: int = 20) -> HandlerConfig:
        settings = WebHookSettings(post=post)
        return HandlerConfig(name="hook", settings=settings, retry=Retry(attempts=attempts))

    async with bench(tmp_path, handlers=(config(shop.url + "/old"),)) as it:
        shop.status = 410
        await text(it, "one")
        await it.until(lambda: it.told("handler.suspended"))
        other = msgspec.structs.replace(it.config, handlers=(config(shop.url + "/old", 7),))
        await it.app.reload(other)
        assert (await listed(it)).state is HandlerState.SUSPENDED
        shop.status = 204
        it.config = msgspec.structs.replace(it.config, handlers=(config(shop.url),))
        await it.app.reload(it.config)
        await shop.gets(2)
        assert (await listed(it)).state is HandlerState.ACTIVE
        await it.restart()
        assert (await listed(it)).state is HandlerState.ACTIVE


async def test_another_address_that_is_gone_too_is_suspended_like_the_first(
    tmp_path: Path, shop: Shop
) -> None:
    def config(post: str) -> HandlerConfig:
        return HandlerConfig(name="hook", settings=WebHookSettings(post=post))

    async with bench(tmp_path, handlers=(config(shop.url + "/old"),)) as it:
        shop.status = 410
        await text(it, "one")
        await it.until(lambda: it.told("handler.suspended"))
        it.config = msgspec.structs.replace(it.config, handlers=(config(shop.url),))
        await it.app.reload(it.config)
        await it.until(lambda: len(it.told("handler.suspended")) == 2)
        await it.restart()
        assert (await listed(it)).state is HandlerState.SUSPENDED
        assert (await it.ask(rows.RESUME, HandlerParams("hook"))).resumed


async def test_a_suspended_hook_that_is_added_again_goes_on(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        shop.status = 410
        await add(it, post=shop.url)
        await text(it, "one")
        await it.until(lambda: it.told("handler.suspended"))
        await it.settled()
        shop.status = 204
        status = await add(it, post=shop.url)
        assert status.state is HandlerState.ACTIVE
        await shop.gets(2)
        assert shop.texts == ["one", "one"]


async def test_a_hook_that_is_removed_is_gone_with_what_waits_for_it(
    tmp_path: Path, shop: Shop
) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        shop.status = 410
        await add(it, post=shop.url)
        await text(it, "one", "two")
        await it.until(lambda: it.told("handler.suspended"))
        await it.settled()
        assert await it.app.handlers.remove("hook") == 2
        await it.inbox(2, state=State.HANDLED)
        await it.restart()
        assert await it.app.handlers.status() == []
        shop.status = 204
        await add(it, post=shop.url)  # the same name is new, and not suspended
        await text(it, "three")
        await shop.gets(2)
        assert shop.texts[1:] == ["three"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"post": "https://10.0.0.1/"}, "post"),
        ({"post": "http://8.8.8.8/"}, "post"),
        ({"post": "https://[::1]/"}, "post"),
        ({"post": "https://2130706433/"}, "post"),
        ({"post": "https://localhost/"}, "post"),
        ({"post": "ftp://8.8.8.8/"}, "post"),
        ({"post": "https://user@8.8.8.8/"}, "post"),
        ({"post": "https://8.8.8.8/", "secret": "whsec_*"}, "secret"),
        ({"post": "https://8.8.8.8/", "match": {"colour": "red"}}, "match.colour"),
        ({"post": "https://8.8.8.8/", "match": {"keyword": []}}, "match.keyword"),
        ({"post": "https://8.8.8.8/", "concurrency": 1000}, "concurrency"),
        ({"post": "https://8.8.8.8/", "retry": {"attempts": 0}}, "retry.attempts"),
        ({"match": {"between": "noon"}}, "match.between"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, wrong: dict[str, Any], field: str
) -> None:
    async with bench(tmp_path) as it:
        with pytest.raises(Refused) as caught:
            await add(it, **wrong)
        assert (caught.value.code, caught.value.data["field"]) == (Code.INVALID, field)
        assert await it.app.handlers.status() == []


async def test_a_name_that_others_have_is_refused(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        await it.worker("crm")
        await add(it, post=shop.url)
        for name, more in (("crm", {"post": shop.url}), ("hook", {})):
            with pytest.raises(Refused) as caught:
                await add(it, name, **more)
            assert (caught.value.code, caught.value.data["field"]) == (Code.CONFLICT, "name")
        with pytest.raises(Refused) as caught:
            await add(it, "gsmd.keywords", post=shop.url)
        assert caught.value.code is Code.INVALID


async def test_a_name_for_programs_collects_what_it_chose_before_any_of_them_comes(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        status = await add(it, "crm", match={"keyword": "STOCK"})
        assert (status.origin, status.connected) == (Origin.SUBSCRIBED, False)
        await text(it, "STOCK 1", "else")
        worker = await it.worker("crm")
        await worker.gets(1)
        assert worker.texts == ["STOCK 1"]


async def test_the_last_attempts_tell_what_was_answered_and_why_not(
    tmp_path: Path, shop: Shop
) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        shop.settle = lambda count: 503 if count == 1 else 200
        await add(it, post=shop.url, retry={"first": "10s"})
        await text(it, "hello")
        await it.until(lambda: it.told("delivery.failed"))
        await it.pass_time(15)
        await it.until(lambda: it.told("delivery.done"))
        last = (await it.ask(rows.ATTEMPTS, AttemptsParams("hook"))).attempts
        assert [(one.attempt, one.status, one.error) for one in last] == [
            (2, 200, None),
            (1, 503, "answered 503 Service Unavailable"),
        ]
        assert {one.id for one in last} == set(shop.ids)
        assert last[0].host == (await listed(it)).host
        assert len((await it.ask(rows.ATTEMPTS, AttemptsParams("hook", 1))).attempts) == 1
        await add(it, post=shop.url, concurrency=2)  # what replaces it remembers them
        assert len(it.app.handlers.attempts("hook", 10)) == 2


async def test_one_message_is_replayed_to_one_handler(tmp_path: Path, shop: Shop) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        await it.worker("crm")
        await text(it, "before there was a hook")
        await add(it, post=shop.url)
        await text(it, "hello")
        await shop.gets(1)
        old, new = await it.inbox(2, state=State.HANDLED)
        for message, attempt in ((new, 2), (old, 1)):
            params = RedriveParams(handler="hook", id=message.id, replay=True)
            assert (await it.ask(rows.REDRIVE, params)).redriven == 1
            count = len(shop.bodies) + (attempt == 0)
            await it.until(lambda count=count: len(shop.bodies) >= count)  # type: ignore[misc] # mypy cannot infer a lambda's default
            await it.reaches(message, State.HANDLED)
        await shop.gets(3)
        assert [(body["message"]["text"], body["attempt"]) for body in shop.bodies] == [
            ("hello", 1),
            ("hello", 2),
            ("before there was a hook", 1),
        ]


class Caller:
    """Somebody at the socket with some roles."""

    user = "anna"

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    def may(self, role: Role) -> bool:
        return role in self.roles


def carried_out(it: Bench, method: Method[Any, Any]) -> Callable[[Any, Any], Awaitable[Any]]:
    return next(each.function for each in it.app.methods() if each.method is method)


async def test_who_handles_adds_and_removes_hooks_but_nothing_that_keeps_the_daemon_busy(
    tmp_path: Path, shop: Shop
) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        add_, remove = carried_out(it, rows.ADD), carried_out(it, rows.REMOVE)
        worker = await it.worker("crm")
        it.app.handlers.unsubscribe("crm", worker)
        anna, root = Caller(Role.HANDLE), Caller(Role.HANDLE, Role.ADMIN)
        slow = {"regex": "(a+)+$"}
        with pytest.raises(Refused) as caught:
            await add_(anna, AddParams(name="hook", post=shop.url, match=slow))
        assert caught.value.code is Code.NOT_PERMITTED
        with pytest.raises(Refused) as caught:
            await carried_out(it, inbox.PULL)(anna, PullParams("crm", match=slow))
        assert caught.value.code is Code.NOT_PERMITTED
        await add_(root, AddParams(name="hook", post=shop.url, match=slow))
        assert (await listed(it)).match == slow
        await add_(anna, AddParams(name="hook", post=shop.url, match={"regex": "^a"}))
        with pytest.raises(Refused) as caught:
            await remove(anna, HandlerParams("crm"))
        assert caught.value.code is Code.NOT_PERMITTED
        await remove(anna, HandlerParams("hook"))
        await remove(root, HandlerParams("crm"))
        assert await it.app.handlers.status() == []


async def test_many_senders_whose_messages_are_refused_at_once_lose_none(
    tmp_path: Path, shop: Shop
) -> None:
    async with bench(tmp_path, web=LOOPBACK) as it:
        shop.status = 410
        await add(it, post=shop.url)
        for number in range(12):
            it.modem.arrive(*deliver(f"text {number}", f"+336123456{number:02}"))
        await it.inbox(12)
        await it.until(lambda: it.told("handler.suspended"))
        await it.settled()
        assert len(it.told("handler.suspended")) == 1
        assert (await listed(it)).pending == 12
        shop.status = 204
        refused = len(shop.bodies)
        await it.app.hooks.resume("hook")
        await shop.gets(refused + 12)
        await it.inbox(12, state=State.HANDLED)
        assert len(set(shop.texts[refused:])) == 12
