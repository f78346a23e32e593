"""What a box finds on its disk when it starts."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gsmd.gateways.database import Database
from gsmd.gateways.fleet import hands, identity, tables
from gsmd.gateways.fleet.register import Register
from tests.gateways.fleet.scene import ANNA, scene
from tests.tools import needs

pytestmark = needs("nats-server")

BODY = b'{"to": "+33612345678", "text": "never asked for"}'


async def test_whose_a_message_is_is_found_out_again_where_that_was_not_written_down(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, "north") as it:
        north = it.boxes["north"]
        id_ = await it.fleet.send(ANNA, "hello")
        await it.state(id_, "sent")
        await north.agent_dies()
        (message,) = (await north.client.list(direction="outbound")).messages
        where = north.rig.directory / "fleet" / "fleet.sqlite"
        row = tables.InHand(
            *(
                id_,
                1,
                "n",
                f"sms.out.default.now.{id_}",
                BODY.replace(b"never asked for", b"hello"),
            ),
            *(identity.boot(), identity.now(), time.time()),
        )
        database = await Database.open(where, tables.STEPS)
        await database.write(lambda connection: connection.execute("DELETE FROM messages"))
        await database.write(partial(tables.keep, row=row))
        await database.close()
        await north.agent_starts()
        await north.at_work()
        await north.agent_stops()
        database = await Database.open(where, tables.STEPS)
        assert await database.read(partial(tables.fleet_id, message=message.id)) == id_
        assert await database.read(tables.in_hand) == []
        await database.close()
        assert [sms.text for sms in it.phone().received] == ["hello"]


async def test_a_defect_in_one_message_does_not_keep_the_box_from_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[str] = []
    look = Register.look

    async def fail_once(self: Register, held: Any, wants: Any) -> Any:
        if not failed:
            failed.append(held.order.id)
            raise KeyError("unforeseen")
        return await look(self, held, wants)

    async with scene(tmp_path, "north") as it:
        north = it.boxes["north"]
        await north.agent_stops()
        row = tables.InHand(
            *("order-1", 1, "n", "sms.out.default.now.order-1", BODY),
            *(identity.boot(), identity.now(), time.time()),
        )
        database = await Database.open(north.rig.directory / "fleet" / "fleet.sqlite", tables.STEPS)
        await database.write(partial(tables.keep, row=row))
        await database.close()
        monkeypatch.setattr(Register, "look", fail_once)
        monkeypatch.setattr(hands, "_AFTER_DEFECT", 0)
        await north.agent_starts()
        await north.at_work()
        assert failed == ["order-1"]
        await it.state(await it.fleet.send(ANNA, "hello"), "sent")
        assert [sms.text for sms in it.phone().received] == ["hello"]
