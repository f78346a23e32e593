"""What the engine's answers mean: yes, no, or that nobody knows."""

import msgspec
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused


class AnsweredLink(EngineLink):
    """Every request gets one answer."""

    def __init__(self, **error: object) -> None:
        super().__init__(["nats://127.0.0.1:1"])
        self._answer = msgspec.json.encode({"error": error})

    async def request(self, *_: object, **__: object) -> Msg:
        return Msg(Client(), data=self._answer)


async def test_an_engine_without_a_leader_is_away_so_that_what_was_told_is_told_again() -> None:
    link = AnsweredLink(code=503, err_code=10008, description="JetStream system unavailable")
    with pytest.raises(EngineAway):
        await link.store("sms.event.north.message-sent.1", b"{}")
    assert await link.put("sms.reg.permit.1", b"{}", 0) is None


async def test_a_full_disk_of_the_engine_is_no_message_that_is_there_already() -> None:
    link = AnsweredLink(code=503, err_code=10077, description="no space left on device")
    with pytest.raises(EngineAway):
        await link.create("sms.inbox.north.1.1", b"{}")


@pytest.mark.parametrize(
    ("code", "err_code", "description"),
    [
        (503, 10077, "maximum messages per subject exceeded"),
        (400, 10071, "wrong last sequence: 7"),
    ],
)
async def test_what_may_be_there_once_and_is_there_is_not_created(
    code: int, err_code: int, description: str
) -> None:
    link = AnsweredLink(code=code, err_code=err_code, description=description)
    assert await link.create("sms.inbox.north.1.1", b"{}") is False


async def test_a_refusal_has_the_codes_of_the_engine() -> None:
    link = AnsweredLink(code=404, err_code=10059, description="stream not found")
    with pytest.raises(EngineRefused) as refused:
        await link.api("STREAM.INFO.SMS_OUT")
    assert refused.value.code == 10059
