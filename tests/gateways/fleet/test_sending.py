"""A message that is put in at the engine goes out at one box, once, and everybody can see what became of it."""

from pathlib import Path

from tests.gateways.fleet.scene import ANNA, scene
from tests.tools import needs

pytestmark = needs("nats-server")


async def test_a_message_goes_out_once_and_the_register_says_so(tmp_path: Path) -> None:
    async with scene(tmp_path, "north", "south") as it:
        id_ = await it.fleet.send(ANNA, "hello")
        found = await it.state(id_, "sent")
        assert found["box"] in {"north", "south"}
        assert found["attempt"] == 1
        assert [sms.text for sms in it.phone().received] == ["hello"]
