"""Being told of arrivals, with what each modem can do."""

from gsmd.modem.link.commands import NotificationModes
from gsmd.modem.link.notification import ladder
from tests.modem.conftest import Drive

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"


def test_the_best_is_tried_first() -> None:
    full = NotificationModes(
        *map(frozenset, ({0, 1, 2, 3}, {0, 1, 2, 3}, {0, 2}, {0, 1, 2}, {0, 1}))
    )
    assert next(ladder(full)) == "2,1,0,1,0"


def test_only_advertised_values_come_first() -> None:
    modest = NotificationModes(*map(frozenset, ({0, 1}, {0, 1}, {0}, {0, 2}, {1})))
    assert list(ladder(modest))[:2] == ["1,1,0,2,1", "1,1,0,0,1"]


def test_what_is_not_advertised_is_tried_all_the_same_and_nothing_twice() -> None:
    tries = list(ladder(NotificationModes(*map(frozenset, ({0}, {0}, {0}, {0}, {0})))))
    assert tries[-1] == "3,1"
    assert "2,1,0,1,0" in tries
    assert len(tries) == len(set(tries))


async def test_a_mode_that_is_advertised_and_refused_is_stepped_over(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CNMI=2,1,0,1,0": "+CMS ERROR: 302",
            "AT+CNMI=2,1,0,1,1": "OK",
            "AT+CNMI?": "+CNMI: 2,1,0,1,1\r\n\r\nOK",
        }
    )
    run.device.notice('+CMTI: "SM",1')
    await run.told.until(lambda: run.told.arrivals == [("SM", 1)])


async def test_a_mode_that_does_not_hold_is_stepped_over(drive: Drive) -> None:
    """Some say OK and change nothing: what counts is what is read back."""
    now = ["0,0,0,0,0"]

    def accept() -> str:
        now[0] = "1,1,0,1,0"
        return "OK"

    run = await drive(
        {"AT+CNMI=1,1,0,1,0": accept, "AT+CNMI?": lambda: f"+CNMI: {now[0]}\r\n\r\nOK"}
    )
    assert "AT+CNMI=1,1,0,1,0" in run.device.heard


async def test_a_modem_without_notifications_is_ready_all_the_same(drive: Drive) -> None:
    run = await drive(dict.fromkeys(("AT+CNMI=?", "AT+CNMI=2,1,0,1,0", "AT+CNMI?"), "ERROR"))
    assert run.modem.can_send
    assert run.modem.can_read
