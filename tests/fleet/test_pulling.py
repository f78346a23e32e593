"""What the engine's queues answer to who asks them for messages."""

import pytest

from gsmd.fleet.link import EngineLink
from gsmd.gateways.fleet.pulling import Queue


async def test_a_queue_that_nobody_keeps_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue = Queue(EngineLink(["nats://127.0.0.1:1"]), "SMS_OUT", "default_now")
    words = "\nNats-Subject: $JS.API.CONSUMER.MSG.NEXT.SMS_OUT.default_now"  # as nats-py has it
    queue.ended("_INBOX.1.0", "503", words)
    assert caplog.messages == ["queue SMS_OUT.default_now: 503 (gsmd fleet setup)"]
