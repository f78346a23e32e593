"""Messages that come with their notice, if that is wished; and modems that get it wrong."""

import asyncio
from typing import Any

import pytest

from gsmd import pdu
from gsmd.modem import Modem
from gsmd.modem.hand_over import HandOver
from gsmd.simulator import SimulatedModem
from gsmd.simulator.storage import Entry, StoredStatus

from .conftest import Drive, Scripted, Simulated
from .scripted import in_turn

PHONE = "+33612345678"
PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
DIRECT = {
    "AT+CNMI=2,2,0,1,0": "OK",
    "AT+CNMI?": "+CNMI: 2,2,0,1,0\r\n\r\nOK",
    "AT+CNMA": "OK",
    "AT+CNMA=2": "OK",
}
READING = ("AT+CMGR", "AT+CMGD")


async def told_by(simulate: Drive, profile: str, **more: Any) -> Simulated:
    run: Simulated = await simulate(profile, reception="direct", **more)
    return run


def texts(run: Simulated) -> list[str | None]:
    found = [pdu.decode(pdu.Frame.from_hex(each).tpdu) for each in run.told.frames]
    return [each.user_data.text for each in found if isinstance(each, pdu.Deliver)]


async def ended(run: Simulated | Scripted, why: str) -> None:
    """Wait until gsmd goes back to storage, and for the sentence that says why."""
    await run.told.until(lambda: run.modem.status().reception == "storage")
    (trouble,) = run.modem.troubles
    assert "reception: direct does not work with it" in trouble
    assert why in trouble


async def test_it_is_off_unless_it_is_wished(simulate: Drive) -> None:
    run = await simulate()
    assert run.device.settings.cnmi.mt == 1
    assert run.modem.status().reception == "storage"


@pytest.mark.parametrize(
    "profile", ["generic", "huawei", "ec25", "sim800", "a7670", "telit", "zte"]
)
async def test_a_message_comes_with_its_notice_and_never_touches_a_slot(
    simulate: Drive, profile: str
) -> None:
    heard: list[str] = []

    def listen(device: SimulatedModem) -> None:
        feed = device.feed

        def tapped(data: bytes) -> None:
            heard.append(data.decode())
            feed(data)

        device.feed = tapped  # type: ignore[method-assign]  # the tap sits on the line

    run = await told_by(simulate, profile, prepare=listen)
    await run.told.until(lambda: run.modem.status().operator is not None)
    heard.clear()
    for number in range(3):
        run.network.phone(PHONE).send(run.number, f"at once {number}")
    await run.told.until(lambda: len(run.told.frames) == 3)
    await run.modem.sweep()
    assert texts(run) == [f"at once {number}" for number in range(3)]
    assert run.modem.status().reception == "direct"
    assert run.device.sim is not None
    assert run.device.sim.messages.used == 0
    assert not [line for line in heard if line.startswith(READING)]
    assert run.modem.troubles == ()


async def test_the_network_hears_of_it_only_once_it_is_kept(simulate: Drive) -> None:
    run = await told_by(simulate, "generic")
    may_keep, asked = asyncio.Event(), asyncio.Event()

    async def keep(_modem: Modem, _frame: str) -> None:
        asked.set()
        await may_keep.wait()

    run.told.keeping = keep
    run.network.phone(PHONE).send(run.number, "precious")
    await asked.wait()
    await run.modem.sweep()  # the modem is not kept waiting by that
    assert not run.network.delivered
    may_keep.set()
    await run.told.until(lambda: len(run.told.frames) == 1)
    while not run.network.delivered:
        await run.modem.sweep()


async def test_what_belongs_to_the_sim_is_stored_and_announced(simulate: Drive) -> None:
    """3GPP TS 23.038 §4: class 2 is for the SIM, whatever +CNMI says."""
    run = await told_by(simulate, "generic")
    run.network.phone(PHONE).send(run.number, "for the card", message_class=2)
    await run.told.until(lambda: bool(run.told.arrivals))
    assert await run.modem.read(*run.told.arrivals[0]) is not None
    assert run.modem.troubles == ()


# -- modems that get it wrong ----------------------------------------------------------------


async def test_a_modem_that_does_not_offer_it_stores(simulate: Drive) -> None:
    run = await told_by(simulate, "cinterion")
    await ended(run, "does not take")
    run.network.phone(PHONE).send(run.number, "stored")
    await run.told.until(lambda: bool(run.told.arrivals))


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"AT+CSMS=1": "ERROR"}, "knows no acknowledgement"),
        ({"AT+CNMI=?": "ERROR"}, "does not take"),
        (
            {f"AT+CNMI={m},2,0,{d},{b}": "OK" for m in "123" for d in "012" for b in "01"},
            "not keep",
        ),
    ],
    ids=["no acknowledgements", "says nothing of it", "takes it and forgets it"],
)
async def test_a_modem_that_cannot_stores(drive: Drive, answers: dict[str, Any], why: str) -> None:
    run = await drive(answers, reception="direct")
    await ended(run, why)
    assert "AT+CNMI=2,1,0,1,0" in run.device.heard


async def test_a_modem_that_wants_the_acknowledgement_in_full_is_given_it_so(drive: Drive) -> None:
    run = await begin(drive, {"AT+CNMA": "ERROR", "AT+CNMA=0": "OK"})
    for number in (1, 2):
        run.device.notice(f'+CMT: "",28\r\n{PDU}')
        await run.device.hears("AT+CNMA=0", number)
    assert run.device.count("AT+CNMA") == 1
    assert run.modem.status().reception == "direct"


async def test_a_modem_that_refuses_the_acknowledgement_stores(drive: Drive) -> None:
    run = await begin(drive, {"AT+CNMA": "ERROR", "AT+CSMS=0": "OK"})
    run.device.notice(f'+CMT: "",28\r\n{PDU}')
    await stores(run, "refuses the acknowledgement")
    assert run.told.frames == [PDU]
    await run.device.hears("AT+CSMS=0")  # else it would say by itself that things have arrived
    assert run.device.heard.index("AT+CNMI=2,1,0,1,0") < run.device.heard.index("AT+CSMS=0")


async def test_a_sim_that_is_busy_is_no_refusal_of_the_acknowledgement(drive: Drive) -> None:
    run = await begin(drive, {"AT+CNMA": in_turn("+CMS ERROR: 314", "OK")})
    for number in (1, 2):
        run.device.notice(f'+CMT: "",28\r\n{other(number)}')
        await run.device.hears("AT+CNMA", number)
    await run.modem.sweep()
    assert "AT+CSMS=0" not in run.device.heard
    assert run.modem.status().reception == "direct"


async def test_a_modem_that_acknowledges_by_itself_stores(drive: Drive) -> None:
    run = await begin(drive, {"AT+CNMA": "+CMS ERROR: 340"})
    for number in (1, 2, 3):
        run.device.notice(f'+CMT: "",28\r\n{other(number)}')
        await run.device.hears("AT+CNMA", number)
    await stores(run, "does not wait")


async def test_a_modem_whose_acknowledgement_reaches_nobody_stores(drive: Drive) -> None:
    run = await begin(drive)
    for number in (1, 2, 3, 4):
        run.device.notice(f'+CMT: "",28\r\n{PDU}')
        await run.device.hears("AT+CNMA", number)
    await stores(run, "again and again")


async def test_a_modem_that_hands_over_nothing_whole_stores(drive: Drive) -> None:
    run = await begin(drive)
    refusals = run.device.count("AT+CNMA=2")
    for number in (1, 2, 3):
        run.device.notice(f'+CMT: "",28\r\n{other(number)[:20]}{other(number)[24:]}')
        await run.device.hears("AT+CNMA=2", refusals + number)
    await stores(run, "damaged")


async def test_a_modem_that_ceases_to_hand_over_again_and_again_stores(drive: Drive) -> None:
    now = ["2,2,0,1,0"]

    def set_again() -> str:
        now[0] = "2,2,0,1,0"
        return "OK"

    def asked() -> str:
        was, now[0] = now[0], "2,0,0,0,0"
        return f"+CNMI: {was}\r\n\r\nOK"

    def announcing() -> str:
        now[0] = "2,1,0,1,0"
        run.device.answers["AT+CNMI?"] = "+CNMI: 2,1,0,1,0\r\n\r\nOK"
        return "OK"

    run = await begin(
        drive,
        {"AT+CNMI=2,2,0,1,0": set_again, "AT+CNMI?": asked, "AT+CNMI=2,1,0,1,0": announcing},
        probe_every=0.1,
    )
    await ended(run, "ceases")


def test_a_modem_that_waited_in_vain_for_an_acknowledgement_does_as_it_should() -> None:
    """3GPP TS 27.005 §3.4.1: then it hands over nothing until it is told to; the disk was slow."""
    reasons: list[str | None] = []
    hand_over = HandOver(wished=True, tell=reasons.append)
    for _ in range(5):
        hand_over.handed()
        hand_over.lapsed()
    assert reasons == []
    for _ in range(2):
        hand_over.lapsed()
    assert not hand_over.due
    assert reasons == ["it ceases to hand over, again and again"]


async def test_a_modem_that_stores_and_says_nothing_is_not_believed(simulate: Drive) -> None:
    run = await told_by(simulate, "generic")
    await run.modem.sweep()
    for number in (1, 2, 3):
        run.device.memory("SM").put(Entry(StoredStatus.RECEIVED_UNREAD, other(number), 28))
        await run.modem.sweep()
    await ended(run, "says nothing")
    run.network.phone(PHONE).send(run.number, "announced")
    await run.told.until(lambda: bool(run.told.arrivals))


async def test_another_modem_is_believed_again(drive: Drive) -> None:
    run = await begin(drive, {"AT+CNMA": "ERROR", "AT+CSMS=0": "OK"})
    run.device.notice(f'+CMT: "",28\r\n{PDU}')
    await stores(run, "refuses")
    run.device.answers |= DIRECT | {"AT+CGMM": "Roadrunner 2\r\n\r\nOK"}
    run.device.notice("RDY")
    await run.told.until(lambda: run.modem.status().reception == "direct")
    assert run.modem.troubles == ()


# -- on a scripted modem ---------------------------------------------------------------------


async def begin(drive: Drive, answers: dict[str, Any] | None = None, **config: Any) -> Scripted:
    """A modem that hands over, with its details told."""
    run: Scripted = await drive({**DIRECT, **(answers or {})}, reception="direct", **config)
    assert run.modem.status().reception == "direct"
    await run.device.hears("AT+CNMA=2")  # what was handed to nobody
    return run


async def stores(run: Scripted, why: str) -> None:
    """Wait until it is told to store; it reads back what was set."""
    await run.told.until(lambda: bool(run.modem.troubles))
    run.device.answers["AT+CNMI?"] = "+CNMI: 2,1,0,1,0\r\n\r\nOK"
    await run.device.hears("AT+CNMI=2,1,0,1,0")
    await ended(run, why)


def other(number: int) -> str:
    """A frame that is like no other."""
    return f"{PDU[:-2]}{number:02d}"
