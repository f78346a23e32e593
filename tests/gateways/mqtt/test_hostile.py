"""Hostile topics and payloads: no crash, no defect, a clear answer to whatever can be answered."""

from pathlib import Path

from tests.gateways.mqtt.hostile import trial
from tests.tools import needs

pytestmark = needs("mosquitto")


async def test_what_nobody_should_publish_is_answered_with_an_error_and_ends_nothing(
    tmp_path: Path,
) -> None:
    answered = await trial(tmp_path, seed=7, count=120)
    assert {"not_json", "unknown_field", "no_such_contact", "no_such_method"} <= set(answered)
