"""How often somebody may ask."""

from pathlib import Path

from gsmd.config.network import Rate
from gsmd.gateways.web.door import rates
from tests.gateways.web.house import house

ME = "/api/v1/me"


def test_a_bucket_has_so_many_and_fills_as_time_goes_by() -> None:
    now = [0.0]
    limiter = rates.Limiter(Rate(60, 60.0), lambda: now[0])
    assert [limiter.take("a") for _ in range(60)] == [0.0] * 60
    assert limiter.take("a") == 1.0
    assert limiter.take("b") == 0.0
    now[0] = 1.0
    assert limiter.take("a") == 0.0
    assert limiter.take("a") == 1.0
    now[0] = 1000.0
    assert [limiter.take("a") for _ in range(60)] == [0.0] * 60


def test_strangers_do_not_fill_the_memory() -> None:
    limiter = rates.Limiter(Rate(1, 60.0))
    for each in range(rates._REMEMBERED + 10):
        limiter.take(each)
    assert len(limiter._buckets) == rates._REMEMBERED


async def test_strangers_are_limited_by_their_address_and_a_good_token_is_not(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, "rate: {per_address: 3/d}") as it:
        token = it.token()
        said = [(await it.ask("GET", ME)).status for _ in range(4)]
        assert said == [401, 401, 401, 429]
        answer = await it.ask("GET", ME, token="gsmd_wrong")
        assert (answer.status, answer.reason) == (429, "too_many_requests")
        assert int(answer.header("retry-after")) > 60
        assert (await it.ask("GET", ME, token=token)).status == 200


async def test_a_token_is_limited_where_that_is_configured(tmp_path: Path) -> None:
    async with house(tmp_path, "rate: {per_token: 2/d, per_address: null}") as it:
        first, other = it.token("a"), it.token("b")
        assert [(await it.ask("GET", ME, token=first)).status for _ in range(3)] == [200, 200, 429]
        assert (await it.ask("GET", ME, token=other)).status == 200
