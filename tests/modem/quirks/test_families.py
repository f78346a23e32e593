"""Every family of modems that the simulator can play, from start to restart."""

import re
from pathlib import Path

import msgspec
import pytest

from gsmd import pdu
from gsmd.modem import ModemState
from gsmd.modem.quirks import PROFILES as FAMILIES
from gsmd.modem.quirks import profile_for, profile_of
from gsmd.simulator import PROFILES, Sim
from tests.modem.conftest import QUICK, Drive, Simulated

PHONE = "+33612345678"
FAMILY = {
    "generic": "generic",
    "huawei": "huawei",
    "zte": "zte",
    "sim800": "simcom",
    "sim7600": "simcom",
    "ec25": "quectel",
    "m95": "quectel",
    "ublox": "u-blox",
    "wavecom": "wavecom",
    "telit": "telit",
    "cinterion": "cinterion",
    "sierra": "sierra",
    "a7670": "simcom",
    "bg95": "quectel",
    "eg915": "quectel",
    "l610": "fibocom",
    "air780": "luat",
    "slm320": "meig",
    "lara": "u-blox",
    "nrf9160": "nrf91",
}
RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
IMPATIENT = msgspec.structs.replace(QUICK, command=0.3, slow=0.5)
every_profile = pytest.mark.parametrize("profile", sorted(PROFILES))
every_profile_with_storages = pytest.mark.parametrize(
    "profile", sorted(name for name in PROFILES if profile_of(FAMILY[name]).stores)
)


async def nothing() -> None:
    """A commit that is done at once."""


async def send(run: Simulated, text: str) -> int:
    (part,) = pdu.compose(text, destination=pdu.Address.parse(PHONE), status_report_request=True)
    reference: int = await run.modem.submit(pdu.Frame(None, part.encode()), commit=nothing)
    return reference


async def collect(run: Simulated) -> list[str]:
    """Texts of everything on the SIM, which is deleted."""
    entries = await run.modem.sweep()
    assert await run.modem.delete(entries) == []
    found = [pdu.decode(pdu.Frame.from_hex(entry.frame).tpdu) for entry in entries]
    return [each.user_data.text or "" for each in found if isinstance(each, pdu.Deliver)]


async def report_of(run: Simulated) -> pdu.StatusReport:
    """The status report, handed over directly or taken from where it is stored."""
    await run.told.until(lambda: bool(run.told.frames or run.told.arrivals))
    frames = run.told.frames or [
        entry.frame
        for storage, index in run.told.arrivals
        if (entry := await run.modem.read(storage, index)) is not None
    ]
    (report,) = [pdu.decode(pdu.Frame.from_hex(frame).tpdu) for frame in frames]
    assert isinstance(report, pdu.StatusReport)
    return report


@every_profile
async def test_the_family_is_known(simulate: Drive, profile: str) -> None:
    run = await simulate(profile)
    status = run.modem.status()
    assert profile_for(status.manufacturer, status.model).family == FAMILY[profile]
    assert status.imei == run.device.imei


def test_every_family_of_the_driver_is_played_or_was_recorded() -> None:
    recorded = {
        profile_for(line.removeprefix("modem: ")).family
        for file in RECORDINGS.glob("*.rec")
        for line in file.read_text(encoding="utf-8").splitlines()[:5]
        if line.startswith("modem: ")
    }
    assert {family.family for family in FAMILIES} <= {*FAMILY.values(), *recorded}
    assert set(FAMILY) == set(PROFILES)


@pytest.mark.parametrize(("profile", "family"), FAMILY.items())
def test_no_modem_belongs_to_two_families(profile: str, family: str) -> None:
    played = PROFILES[profile]
    said = f"{played.manufacturer} {played.model}".upper()
    fitting = [each.family for each in FAMILIES if re.search(each.matches, said)]
    assert fitting == ([] if family == "generic" else [family])


@every_profile_with_storages
async def test_a_message_comes_in_goes_out_and_is_reported(simulate: Drive, profile: str) -> None:
    run = await simulate(profile)
    phone = run.network.phone(PHONE)
    reference = await send(run, "hello")
    assert (await phone.expect())[0].text == "hello"
    assert (await report_of(run)).message_reference == reference
    arrivals = len(run.told.arrivals)
    phone.send(run.number, "and back")
    await run.told.until(lambda: len(run.told.arrivals) > arrivals)
    assert await collect(run) == ["and back"]


@every_profile_with_storages
async def test_details_are_learned_after_it_is_ready(simulate: Drive, profile: str) -> None:
    run = await simulate(profile)
    await run.told.until(lambda: run.modem.status().operator is not None)
    status = run.modem.status()
    assert status.iccid == run.device.sim.iccid
    assert (status.number, status.smsc) == (run.number, run.device.sim.smsc)
    assert status.signal_dbm is not None
    assert status.revision


@every_profile_with_storages
async def test_after_a_restart_messages_are_told_of_again(simulate: Drive, profile: str) -> None:
    run = await simulate(profile, probe_every=0.4, timeouts=IMPATIENT)
    run.device.reboot()
    await run.told.until(lambda: run.told.initialisations >= 2 and run.modem.can_send)
    while run.told.initialisations < 2 or not run.modem.can_send:
        await run.told.until(lambda: run.modem.can_send)
    run.network.phone(PHONE).send(run.number, "after the restart")
    await run.told.until(lambda: bool(run.told.arrivals))
    assert await collect(run) == ["after the restart"]


@every_profile_with_storages
async def test_the_pin_is_given_once(simulate: Drive, profile: str, tmp_path: Path) -> None:
    pin_file = tmp_path / "pin"
    pin_file.write_text("1234")
    sim = Sim(number="+33600000001", pin="1234")
    run = await simulate(profile, sim=sim, pin_file=pin_file)
    assert sim.pin_tries == 3
    await collect(run)


@every_profile
async def test_a_wrong_pin_costs_one_try(simulate: Drive, profile: str, tmp_path: Path) -> None:
    pin_file = tmp_path / "pin"
    pin_file.write_text("9999")
    sim = Sim(number="+33600000001", pin="1234")
    run = await simulate(profile, sim=sim, pin_file=pin_file, until=ModemState.PIN_NEEDED)
    await run.told.until(lambda: "refused" in run.modem.reason)
    run.device.insert(sim)
    await run.told.until(lambda: "change the file" in run.modem.reason)
    assert sim.pin_tries == 2


@every_profile
async def test_the_last_try_is_never_taken(simulate: Drive, profile: str, tmp_path: Path) -> None:
    pin_file = tmp_path / "pin"
    pin_file.write_text("9999")
    sim = Sim(number="+33600000001", pin="1234")
    sim.pin_tries = 1
    run = await simulate(profile, sim=sim, pin_file=pin_file, until=ModemState.PIN_NEEDED)
    await run.told.until(lambda: "only 1 try" in run.modem.reason)
    assert sim.pin_tries == 1


@every_profile_with_storages
async def test_a_full_sim_is_told_and_emptied(simulate: Drive, profile: str) -> None:
    sim = Sim(number="+33600000001", slots=3)
    run = await simulate(profile, sim=sim)
    phone = run.network.phone(PHONE)
    for number in range(5):
        phone.send(run.number, f"message {number}")
    got: list[str] = []
    while len(got) < 5:
        arrivals = len(run.told.arrivals)
        got += await collect(run)
        if len(got) < 5:
            await run.told.until(lambda seen=arrivals: len(run.told.arrivals) > seen)
    assert sorted(got) == [f"message {number}" for number in range(5)]


@every_profile_with_storages
async def test_chatter_in_every_reply_disturbs_nothing(simulate: Drive, profile: str) -> None:
    run = await simulate(profile, prepare=lambda device: setattr(device.faults, "chatter", True))
    phone = run.network.phone(PHONE)
    phone.send(run.number, "in")
    await run.told.until(lambda: bool(run.told.arrivals))
    assert await collect(run) == ["in"]
    await send(run, "out")
    assert (await phone.expect())[0].text == "out"


@every_profile_with_storages
async def test_a_code_brings_the_balance(simulate: Drive, profile: str) -> None:
    run = await simulate(profile)
    reply = await run.modem.ussd("*100#")
    assert reply.text
