"""Whatever comes in, nothing breaks, nothing gets lost and nothing sticks."""

from hypothesis import given
from hypothesis import strategies as st

from gsmd.at import Channel, Command, Reply

from .streams import received

CSQ = Command("AT+CSQ", expects=(r"\+CSQ:",), needs_text=True)
LINES = st.lists(
    st.sampled_from(
        [
            '+CMTI: "SM",1',
            "RING",
            "^RSSI: 3",
            "+CDS: 25",
            "0006",
            "+CREG: 1",
            "OK?",
            ">",
            "+CUSD: 0",
            "0A",
        ]
    ),
    max_size=6,
)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_octets_at_all_raise(chunks: list[bytes]) -> None:
    received(chunks)
    received(chunks, CSQ)


@given(st.binary(max_size=200), st.integers(1, 7))
def test_the_size_of_the_pieces_makes_no_difference(data: bytes, size: int) -> None:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert received(pieces) == received([data])


@given(LINES, LINES)
def test_a_reply_is_found_among_any_notices(before: list[str], between: list[str]) -> None:
    text = "".join(f"\r\n{line}\r\n" for line in [*before, "+CSQ: 1,2", *between, "OK"])
    replies = [event for event in received([text.encode()], CSQ) if isinstance(event, Reply)]
    assert [reply.lines for reply in replies] == [("+CSQ: 1,2",)]


@given(st.binary(max_size=100))
def test_after_any_noise_a_command_is_answered_once_it_is_begun_anew(noise: bytes) -> None:
    channel = Channel()
    channel.receive_data(noise)
    channel.command(CSQ)
    channel.abandon()
    marker = Command("AT+CMEE?", expects=(r"\+CMEE:",), needs_text=True, marker=True)
    channel.command(marker)
    events = channel.receive_data(b"\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n")
    assert [event.lines for event in events if isinstance(event, Reply)] == [("+CMEE: 1",)]
