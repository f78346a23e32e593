"""Commands to test with, and the same octets cut in every way that matters."""

from collections.abc import Iterable, Iterator, Sequence

from gsmd.at import Channel, Command, Event, FinalResult, Reply, Stray, Unsolicited

OK = FinalResult("OK", ok=True)
PLAIN = Command("AT+CNMI=2,1")
CSQ = Command("AT+CSQ", expects=(r"\+CSQ:",), needs_text=True)
CPIN = Command("AT+CPIN?", expects=(r"\+CPIN:",), needs_text=True)
CREG = Command("AT+CREG?", expects=(r"\+CREG: ?\d+,\s*\d",), needs_text=True)
CGMI = Command("AT+CGMI", expects=(r"\+CGMI:",), free_text=True, needs_text=True)
CMGR = Command("AT+CMGR=1", expects=(r"\+CMGR:",), pdu_follows=True)
CMGL = Command("AT+CMGL=4", expects=(r"\+CMGL:",), pdu_follows=True)
CMGS = Command("AT+CMGS=18", expects=(r"\+CMGS:",), needs_text=True, prompts=True)
MARKER = Command("AT+CMEE?", expects=(r"\+CMEE:",), needs_text=True, marker=True)

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
BANNERS = ("RDY", "CALL READY", "SMS READY", "SMS DONE", "PB DONE")
"""How notices begin that this channel is told of."""

REPORT = "0006050B913316325476F8620111214365006201112143650000"


def cuts(data: bytes) -> Iterator[list[bytes]]:
    """Whole, octet by octet, and in two pieces at every place."""
    yield [data]
    yield [data[at : at + 1] for at in range(len(data))]
    for at in range(1, len(data)):
        yield [data[:at], data[at:]]


def received(chunks: Iterable[bytes], command: Command | None = None) -> list[Event]:
    """The events of a fresh channel, with ``command`` running if one is given."""
    channel = Channel(BANNERS)
    if command is not None:
        channel.command(command)
    return [event for chunk in chunks for event in channel.receive_data(chunk)]


def every_cut(data: bytes, command: Command | None = None) -> list[Event]:
    """The events of ``data``, which must be the same however it is cut."""
    whole = received([data], command)
    for chunks in cuts(data):
        assert received(chunks, command) == whole, chunks
    return whole


def replies(events: Sequence[Event]) -> list[Reply]:
    return [event for event in events if isinstance(event, Reply)]


def notices(events: Sequence[Event]) -> list[Unsolicited]:
    return [event for event in events if isinstance(event, Unsolicited)]


def strays(events: Sequence[Event]) -> list[Stray]:
    return [event for event in events if isinstance(event, Stray)]
