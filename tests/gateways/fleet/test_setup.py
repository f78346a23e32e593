"""``gsmd fleet setup``: what is missing is made, what is there is left, what will not do is refused."""

from pathlib import Path

import pytest

from gsmd.fleet.client import AsyncFleetClient
from gsmd.fleet.setting_up import Unsuitable, Wishes, carry_out, examine, plan
from tests.gateways.fleet.engine import PLAIN, engine
from tests.tools import needs

pytestmark = needs("nats-server")


async def test_a_second_time_nothing_is_changed(tmp_path: Path) -> None:
    async with engine(tmp_path, None) as it, AsyncFleetClient(it.url) as client:
        changes = await plan(client.link, PLAIN)
        assert {each.action for each in changes} == {"create"}
        assert {"SMS_OUT", "SMS_REG", "KV_sms_box", "default_now"} <= {
            each.name for each in changes
        }
        await carry_out(client.link, changes)
        assert await plan(client.link, PLAIN) == []


async def test_what_differs_is_said_and_changed(tmp_path: Path) -> None:
    async with engine(tmp_path) as it, AsyncFleetClient(it.url) as client:
        wishes = PLAIN._replace(pools=["default", "france"], ack_wait=30.0)
        changes = await plan(client.link, wishes)
        assert {(each.action, each.name) for each in changes} == {
            *(("change", "default_now"), ("change", "default_bulk")),
            *(("create", "france_now"), ("create", "france_bulk")),
        }
        changed = next(each for each in changes if each.action == "change")
        assert changed.details == {"ack_wait": (60 * 10**9, 30 * 10**9)}
        await carry_out(client.link, changes)
        assert await plan(client.link, wishes) == []


async def test_a_stream_that_is_another_ones_is_not_touched(tmp_path: Path) -> None:
    async with engine(tmp_path, None) as it, AsyncFleetClient(it.url) as client:
        theirs = {"name": "SMS_OUT", "subjects": ["sms.out.>"], "retention": "limits"}
        await client.link.api("STREAM.CREATE.SMS_OUT", theirs)
        with pytest.raises(Unsuitable, match="SMS_OUT has retention 'limits'"):
            await plan(client.link, PLAIN)


@pytest.mark.parametrize("sync", [True, False])
async def test_an_engine_that_confirms_before_it_has_written_is_refused(
    tmp_path: Path, *, sync: bool
) -> None:
    async with engine(tmp_path, None, sync=sync) as it, AsyncFleetClient(it.url) as client:
        wishes = PLAIN._replace(require_sync=True, monitor=it.monitor)
        if sync:
            assert await examine(client.link, wishes) is None
        else:
            with pytest.raises(Unsuitable, match="sync_interval: always"):
                await examine(client.link, wishes)
        with pytest.raises(Unsuitable, match="nobody can know"):
            await examine(client.link, wishes._replace(monitor=None))


async def test_an_engine_that_is_too_old_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine(tmp_path, None) as it, AsyncFleetClient(it.url) as client:
        monkeypatch.setattr(type(client.link), "version", (2, 10, 22))
        with pytest.raises(Unsuitable, match=r"2\.10\.23"):
            await examine(
                client.link, Wishes(1, ["default"], 60.0, require_sync=False, monitor=None)
            )
