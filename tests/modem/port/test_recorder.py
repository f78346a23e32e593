"""What goes over a line, for whoever records it."""

import asyncio
from collections.abc import Callable

from gsmd.modem.port import recorder as recording
from gsmd.modem.port.recorder import Recorder


class Loop:
    """A port that gives back what is written to it."""

    path = "/dev/loop"

    def attach(self, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self.on_data, self.on_lost = on_data, on_lost

    def write(self, data: bytes) -> None:
        self.on_data(data)

    async def close(self) -> None:
        """Nothing to let go of."""


async def said(recorder: Recorder, after: int) -> list[tuple[str, str]]:
    page = await recorder.read(after, 0)
    return [
        (entry.way, entry.octets if entry.way == "remark" else bytes.fromhex(entry.octets).decode())
        for entry in page.entries
    ]


async def test_what_goes_both_ways_is_heard_and_comes_to_who_it_is_for() -> None:
    recorder, heard, lost = Recorder(), list[bytes](), list[str]()
    page = await recorder.read(0, 0)
    assert page.entries == []
    loop = Loop()
    port = recorder.wrap(loop)
    port.attach(heard.append, lost.append)
    port.write(b"AT\r")
    loop.on_lost("unplugged")
    await port.close()
    assert (heard, lost, port.path) == ([b"AT\r"], ["unplugged"], "/dev/loop")
    assert await said(recorder, page.next) == [
        ("remark", "/dev/loop is open"),
        ("to", "AT\r"),
        ("from", "AT\r"),
        ("remark", "unplugged"),
        ("remark", "/dev/loop is closed"),
    ]


async def test_nothing_is_kept_while_nobody_asks() -> None:
    recorder = Recorder()
    recorder.octets("to", b"AT\r")
    page = await recorder.read(0, 0)
    assert await said(recorder, page.next) == []


async def test_who_waits_is_told_at_once_and_each_reader_goes_on_where_they_were() -> None:
    recorder = Recorder()
    first = await recorder.read(0, 0)
    waiting = asyncio.create_task(recorder.read(first.next, 20))
    await asyncio.sleep(0)
    recorder.octets("to", b"one")
    page = await waiting
    assert [bytes.fromhex(entry.octets) for entry in page.entries] == [b"one"]
    recorder.octets("to", b"two")
    assert await said(recorder, page.next) == [("to", "two")]
    assert await said(recorder, first.next) == [("to", "one"), ("to", "two")]


async def test_what_nobody_comes_for_is_lost_in_the_end_which_is_told() -> None:
    recorder = Recorder()
    first = await recorder.read(0, 0)
    for _ in range(recording._CAPACITY // 2000 + 10):
        recorder.octets("from", bytes(1000))
    page = await recorder.read(first.next, 0)
    assert page.lost == 10
    assert len(page.entries) == recording._CAPACITY // 2000


async def test_pins_never_leave_the_process() -> None:
    recorder = Recorder()
    first = await recorder.read(0, 0)
    for command in (b'AT+CPIN="1234"\r', b"AT+CPIN=1234\r", b'AT+CPWD="SC","1234","5678"\r'):
        recorder.octets("to", command)
    assert [text for _, text in await said(recorder, first.next)] == [
        'AT+CPIN="****"\r',
        "AT+CPIN=****\r",
        'AT+CPWD="SC","****","****"\r',
    ]
