"""The modem's side of a recording, played to somebody who does not say what was said then."""

from gsmd.recording import parse
from gsmd.simulator import ManualScheduler, Player

RECORDING = """gsmd recording 1
modem: m

 0.0 ! opened
 0.1 < \\r\\nRDY\\r\\n
 0.5 > AT\\r
 0.6 < \\r\\nOK\\r\\n
 1.0 > AT+CSQ\\r
 1.2 < \\r\\n+CSQ: 5,99\\r\\n
 1.3 < \\r\\nOK\\r\\n
 3.0 < \\r\\n+CMTI: "SM",1\\r\\n
 4.0 > AT+CMGR=1\\r
 4.1 < \\r\\nERROR\\r\\n
 5.0 > AT+CMGS=23\\r
 5.1 < \\r\\n>\\x20
 5.2 > 0011\\x1a
 5.9 < \\r\\n+CMGS: 7\\r\\n\\r\\nOK\\r\\n
 6.0 > AT+CSQ\\r
 6.1 < \\r\\n+CSQ: 9,99\\r\\n\\r\\nOK\\r\\n
"""
OK = "\r\nOK\r\n"


class Table:
    """A player, and what it has said."""

    def __init__(self, recording: str = RECORDING, speed: float = 1.0) -> None:
        self.time = ManualScheduler()
        self.player = Player(parse(recording), scheduler=self.time, speed=speed)
        self.said = ""
        self.player.output = self._hear

    def ask(self, command: str, seconds: float = 1.0) -> str:
        """What is said within some time after a command."""
        self.said = ""
        self.player.feed(command.encode("latin-1"))
        self.time.advance(seconds)
        return self.said

    def _hear(self, octets: bytes) -> None:
        self.said += octets.decode("latin-1")


def test_what_was_asked_then_has_the_answer_of_then_with_its_pauses() -> None:
    table = Table()
    assert table.ask("AT\r") == "\r\nRDY\r\n" + OK
    assert table.ask("AT+CSQ\r", 0.25) == "\r\n+CSQ: 5,99\r\n"
    table.time.advance(0.1)
    assert table.said.endswith(OK)


def test_it_speaks_by_itself_as_long_after_as_then() -> None:
    table = Table()
    table.ask("AT\r")
    assert "+CMTI" not in table.ask("AT+CSQ\r", 1.9)
    table.time.advance(0.2)
    assert "+CMTI" in table.said


def test_it_speaks_sooner_at_a_higher_speed() -> None:
    table = Table(speed=10)
    table.ask("AT\r")
    assert "+CMTI" in table.ask("AT+CSQ\r", 0.21)


def test_what_it_said_by_itself_in_what_is_passed_over_is_said() -> None:
    table = Table()
    assert table.ask("AT+CMGR=1\r", 0.5) == "\r\nRDY\r\n\r\nERROR\r\n"
    table.time.advance(5)
    assert "+CMTI" in table.said


def test_the_same_again_has_the_next_answer_and_then_the_last_one_again() -> None:
    table = Table()
    answers = [table.ask("AT+CSQ\r", 30)[-20:] for _ in range(3)]
    assert ["5,99" in answer or "+CMTI" in answer for answer in answers] == [True, False, False]
    assert answers[1] == answers[2] == "\r\n+CSQ: 9,99\r\n" + OK
    assert table.player.over


def test_a_little_different_will_do_but_not_another_slot() -> None:
    table = Table()
    assert table.ask("AT+CMGS=99\r").endswith("\r\n> ")
    assert "+CMGS: 7\r\n" + OK in table.ask("another text\x1a")
    assert table.ask("AT+CMGR=2\r").endswith("ERROR\r\n")
    assert table.player.unknown == ["AT+CMGR=2"]


def test_a_command_that_comes_in_pieces_is_one_and_a_port_that_closes_forgets_it() -> None:
    table = Table()
    table.player.feed(b"AT+C")
    table.player.port_closed()
    assert OK in table.ask("AT\r")
    table.player.feed(b"AT+")
    assert "5,99" in table.ask("CSQ\r")


def test_what_was_to_come_does_not_when_the_power_goes() -> None:
    table = Table()
    table.player.feed(b"AT+CSQ\r")
    table.player.power_off()
    table.time.advance(60)
    assert table.said == ""


def test_a_command_that_was_never_answered_is_not_answered() -> None:
    table = Table("gsmd recording 1\n\n0 > AT\\r\n9 > ATZ\\r\n9 < OK\\r\\n\n")
    assert table.ask("AT\r", 60) == ""
    assert table.ask("ATZ\r") == "OK\r\n"
