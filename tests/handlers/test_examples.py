"""The examples of docs/handlers.md, run by the handlers that they are for."""

import asyncio
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.handlers.base import HandlerError
from gsmd.handlers.program import ProgramHandler, ProgramSettings
from gsmd.handlers.signing import sign
from gsmd.handlers.webhook import WebHook, WebHookSettings
from gsmd.protocol.message import Reply
from tests.handlers.messages import delivery

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture
def balance() -> ProgramHandler:
    program = [str(EXAMPLES / "balance.sh")]
    return ProgramHandler("balance", ProgramSettings(run=tuple(program), reply=True))


async def test_the_balance_of_an_account_is_printed(
    balance: ProgramHandler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = tmp_path / "accounts"
    accounts.write_text("+33699999999 1.00\n+33612345678 5.00\n")
    monkeypatch.setenv("ACCOUNTS", str(accounts))

    assert await balance.deliver(delivery()) == Reply("Your balance is 5.00")
    assert await balance.deliver(delivery(peer="+1")) == Reply("Your balance is 0.00")


async def test_accounts_that_cannot_be_read_are_the_reason_to_try_again(
    balance: ProgramHandler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOUNTS", str(tmp_path / "missing"))

    with pytest.raises(HandlerError, match="missing cannot be read"):
        await balance.deliver(delivery())


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "hook.key"
    file.write_text("open sesame\n")
    return file


@pytest.fixture
async def shop(key: Path) -> AsyncIterator[str]:
    """The address at which the example listens."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, str(EXAMPLES / "webhook.py"), "0", str(key)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={k: v for k, v in os.environ.items() if "proxy" not in k.lower()},
    )
    assert program.stdout is not None
    yield (await program.stdout.readline()).decode().strip()
    program.kill()
    await program.communicate()


async def test_the_shop_takes_what_is_signed_and_replies(shop: str, key: Path) -> None:
    hook = WebHook("hook", WebHookSettings(post=shop, secret_file=key))

    assert await hook.deliver(delivery(id="abcdefghij")) == Reply(
        "Thank you for your order abcdefgh."
    )
    await hook.close()


async def test_the_shop_refuses_what_is_not_signed_or_signed_by_somebody_else(
    shop: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    other.write_text("something else")
    for secret_file in (None, other):
        hook = WebHook("hook", WebHookSettings(post=shop, secret_file=secret_file))
        with pytest.raises(HandlerError, match="answered 401"):
            await hook.deliver(delivery())
        await hook.close()


def test_the_shop_refuses_what_was_signed_long_ago(shop: str) -> None:
    body = json.dumps({"message": {"id": "x"}}).encode()
    headers = {"X-Gsmd-Signature": sign(body, b"open sesame", 1_000_000_000)}
    request = urllib.request.Request(shop, body, headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    with pytest.raises(urllib.error.HTTPError, match="401") as caught:
        opener.open(request, timeout=30)
    caught.value.close()
