"""What networks make of numbers and of messages, with the whole of gsmd and a simulated network."""

from pathlib import Path

from tests.features.scenes import PHONE, asked, scene

TABLE = {"table": [{"word": "HELLO", "reply": "Hello {peer}"}]}


async def test_an_answer_in_national_form_is_the_answer_and_its_reply_arrives(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, outbound={"country": "FR"}, keywords=TABLE) as (it, client, phone):
        it.network.faults.national = 33
        question = await client.send(PHONE, "Are you there?")
        await client.wait(question.id, "sent")
        assert await asked(it, phone, "hello") == f"Hello {PHONE}"
        (answer,) = (await client.list(direction="inbound")).messages
        assert (answer.peer, answer.in_reply_to) == (PHONE, question.id)


async def test_a_message_that_is_cut_on_its_way_is_handed_over_as_far_as_it_came(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, keywords=TABLE) as (it, client, phone):
        it.network.faults.cut = 4
        assert await asked(it, phone, "hello to everybody there") == f"Hello {PHONE}"
        (message,) = (await client.list(direction="inbound")).messages
        assert (message.text, message.complete) == ("hello to everybody ", False)
        assert message.error is not None
        assert message.error.reason == "damaged"


async def test_text_in_the_other_order_of_octets_is_read(tmp_path: Path) -> None:
    async with scene(tmp_path, keywords={"table": [{"word": "ПРИВЕТ", "reply": "Привет!"}]}) as (
        it,
        _,
        phone,
    ):
        it.network.faults.swapped = True
        assert await asked(it, phone, "Привет, это мы") == "Привет!"
