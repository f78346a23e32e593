"""A short round of `tests.fuzz.socket_lines`."""

import pytest

from tests.fuzz.socket_lines import fuzz, ids_of


@pytest.mark.parametrize("real", [False, True], ids=["made-up core", "core and store"])
async def test_lines_that_nobody_should_send_do_no_harm(
    real: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    report = await fuzz(20260101, 1500, real=real)
    assert report.lines >= 1500


def test_the_fuzzer_knows_a_request_when_it_sees_one() -> None:
    assert ids_of(b'{"jsonrpc":"2.0","id":"q1","method":"m","params":[]}') == ["q1"]
    assert ids_of(b'[{"jsonrpc":"2.0","id":null,"method":"m"},5]') == [None]
    for line in (
        b'{"jsonrpc":"2.0","method":"m"}',
        b'{"jsonrpc":"2.0","id":1,"id":1,"method":"m"}',
        b'{"jsonrpc":"2.0","id":true,"method":"m"}',
        b'{"jsonrpc":"2.0","id":1,"method":"m","params":null}',
        b'{"jsonrpc":"2.0","id":1e999,"method":"m"}',
        b"\xff",
    ):
        assert ids_of(line) == []
