"""Keywords, played by a phone."""

import sys
from pathlib import Path

from gsmd.client import AsyncClient
from gsmd.config import Config, Keyword, KeywordsConfig
from tests.core.bench import bench, deliver
from tests.features.scenes import PHONE, asked, scene
from tests.rig import PATIENCE, rig

BALANCE = "import json, sys; print('You wrote', json.load(sys.stdin)['message']['text'])"

KEYWORDS = {
    "table": [
        {
            "word": ["INFO", "INFOS", "AUSKUNFT"],
            "reply": "Open 9 to 18.",
            "help": "when we are open",
        },
        {"word": "ECHO", "reply": "{word}: {rest} ({peer})"},
        {"word": "BALANCE", "run": [sys.executable, "-c", BALANCE], "help": "your balance"},
        {"word": "JOIN", "subscribe": "news", "reply": "Welcome to the news, {peer}."},
        {"word": "LEAVE", "unsubscribe": "news", "reply": "Goodbye."},
    ],
    "help": ["HELP", "AIDE"],
    "default": "Sorry? Text HELP.",
}


async def test_each_keyword_does_what_the_table_says(tmp_path: Path) -> None:
    async with scene(tmp_path, keywords=KEYWORDS) as (it, client, phone):
        answers = {
            text: await asked(it, phone, text)
            for text in (
                "info!",
                "Auskunft",
                "echo one  two",
                "balance 3",
                "blance",
                "Aide",
                "what?",
            )
        }
        inbound = (await client.list(direction="inbound")).messages

    assert answers == {
        "info!": "Open 9 to 18.",
        "Auskunft": "Open 9 to 18.",
        "echo one  two": f"echo: one  two ({PHONE})",
        "balance 3": "You wrote balance 3",
        "blance": "You wrote blance",
        "Aide": "INFO: when we are open\nBALANCE: your balance",
        "what?": "Sorry? Text HELP.",
    }
    assert {message.state for message in inbound} == {"handled"}


async def test_the_default_is_for_what_nobody_else_takes(tmp_path: Path) -> None:
    handlers = [{"name": "crm", "socket": True, "match": {"keyword": "ORDER"}}]
    async with scene(tmp_path, keywords=KEYWORDS, handlers=handlers) as (it, client, phone):
        async with client.listen("crm") as messages:
            phone.send(it.sim.number, "order 12")
            message = await anext(aiter(messages))
            await message.reply("Ordered.")
        await phone.expect(1, PATIENCE)
        default = await asked(it, it.network.phone("+33687654321"), "anything")

    assert [message.text for message in phone.received] == ["Ordered."]
    assert default == "Sorry? Text HELP."


async def test_one_join_gets_one_welcome_however_often_the_daemon_is_started(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it:
        phone = it.network.phone(PHONE)
        phone.send(it.sim.number, "JOIN")
        for _ in range(3):
            async with it.running(keywords=KEYWORDS) as client:
                await it.ready(client)
        async with it.running(keywords=KEYWORDS) as client:
            await phone.expect(1, PATIENCE)
            await _is_quiet(client)

    assert [message.text for message in phone.received] == [f"Welcome to the news, {PHONE}."]


async def _is_quiet(client: AsyncClient) -> None:
    assert not (await client.list(direction="outbound", state="queued")).messages


async def test_the_table_can_be_changed_while_the_daemon_runs(tmp_path: Path) -> None:
    table = (Keyword(word=("INFO",), reply="Open 9 to 18."),)
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver("INFO"))
        await it.inbox()
        given = {field: getattr(it.config, field) for field in Config.__struct_fields__}
        await it.app.reload(Config(**{**given, "keywords": KeywordsConfig(table=table)}))
        it.modem.arrive(*deliver("INFO", at=60))
        (answer,) = await it.outbox()
        asked = await it.inbox(2)

    assert answer.text == "Open 9 to 18."
    assert answer.in_reply_to == asked[1].id
