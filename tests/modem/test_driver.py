"""From a port to a modem that reads and sends."""

from gsmd.modem import StoredEntry

from .conftest import Drive

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"


async def test_a_modem_in_order_becomes_ready_and_asks_for_a_sweep(drive: Drive) -> None:
    run = await drive()
    await run.told.until(lambda: run.told.initialisations == 1)
    assert run.modem.sim == "208011234567890"
    assert run.modem.can_read
    assert run.modem.can_send
    assert run.modem.status().manufacturer == "ACME"


async def test_a_message_that_is_announced_is_read_with_one_command(drive: Drive) -> None:
    run = await drive({"AT+CMGR=3": f"+CMGR: 0,,28\r\n{PDU}\r\n\r\nOK"})
    run.device.notice('+CMTI: "SM",3')
    await run.told.until(lambda: run.told.arrivals == [("SM", 3)])
    before = len(run.device.heard)
    assert await run.modem.read("SM", 3) == StoredEntry("SM", 3, 0, PDU)
    said = [
        line for line in run.device.heard[before:] if not line.startswith("AT+C") or "CMG" in line
    ]
    assert said == ["AT+CMGR=3"]
