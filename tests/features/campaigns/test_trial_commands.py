"""Texts that are tried, from the command line."""

from functools import partial
from pathlib import Path

from gsmd.simulator.phone import Phone, PhoneMessage
from tests.features.scenes import gsmd, scene

PEOPLE = "peer\n" + "".join(f"+336200000{number:02}\n" for number in range(30))
TEXTS = ("--variant", "good=Roses for {peer}?", "--variant", "plain=Flowers?")


async def test_texts_are_tried_followed_and_told(tmp_path: Path) -> None:
    def answer(phone: Phone, message: PhoneMessage) -> None:
        if "Roses" in (message.text or ""):
            phone.send(message.originator, "Yes")

    async with scene(tmp_path) as (it, _, _phone):
        for number in PEOPLE.split()[1:]:
            phone = it.network.phone(number)
            phone.listeners.append(partial(answer, phone))
        await gsmd(it, "lists", "import", "news", "-", stdin=PEOPLE)
        plan = ("broadcast", "news", *TEXTS, "--share", "80%")
        forecast = await gsmd(it, *plan, "--dry-run")
        slow = (await gsmd(it, *plan, "--per-minute", "1")).lines[0]
        early = await gsmd(it, "campaigns", "results", slow)
        listed = await gsmd(it, "campaigns")
        await gsmd(it, "campaigns", "cancel", slow)
        id_ = (await gsmd(it, *plan, "--window", "2s")).lines[0]
        decided = await gsmd(it, "campaigns", "results", id_, "--follow")
        shown = await gsmd(it, "campaigns", "show", id_, "--follow")
        bought = await gsmd(it, "campaigns", "convert", "order", "+33620000001")
        neither = await gsmd(it, "campaigns", "convert", "order")
        as_json = await gsmd(it, "campaigns", "results", id_, "--json")

    assert forecast.err.splitlines() == [
        "30 messages, 30 parts, as fast as the modems go.",
        "24 are tried: that shows a difference such as 10 % against 58.0 % or more.",
    ]
    assert "Still running: 0 of 24 have had their time." in early.err
    assert "Roses for {peer}? | Flowers?" in listed.out
    assert decided.lines[0].split("\t")[:6] == ["good", "12", "12", "0", "0", "100.0%"]
    assert decided.lines[1].split("\t")[:6] == ["plain", "12", "0", "0", "0", "0.0%"]
    assert decided.lines[2].startswith("rest: good\t")
    assert decided.err == "Decided: good does better.\n"
    assert "text  Roses for {peer}?" in shown.out
    assert bought.code == 0
    assert neither.code == 2
    assert as_json.json[0]["decision"]["winner"] == "good"
