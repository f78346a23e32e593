"""The consequence of each kind of thing that a modem says by itself."""

from collections.abc import Callable
from functools import partial

from gsmd.modem.calls import Calls
from gsmd.modem.device import Device
from gsmd.modem.direct import DirectDeliveries
from gsmd.modem.errors import Restarted
from gsmd.modem.link import commands, urc
from gsmd.modem.link.urc_dispatch import UrcDispatch
from gsmd.modem.pending_checks import Check
from gsmd.modem.state import ModemState
from gsmd.modem.troubles import Trouble
from gsmd.modem.ussd.dialogue import Ussd


def reactions(
    device: Device,
    calls: Calls,
    direct: DirectDeliveries,
    ussd: Ussd,
    *,
    arrived: Callable[[str, int], None],
    storage_full: Callable[[], None],
    submitted: Callable[[int], None],
) -> UrcDispatch:
    """The receivers of each URC. ``arrived``, ``storage_full`` and ``submitted`` go to the core."""
    dispatch = UrcDispatch()
    # messages
    dispatch.on(urc.Arrived, lambda notice: arrived(notice.storage, notice.index))
    dispatch.on(urc.Direct, direct.take)
    dispatch.on(urc.DirectText, partial(_text_mode, device))
    dispatch.on(urc.StorageFull, lambda _notice: storage_full())
    dispatch.on(urc.Submitted, lambda notice: submitted(notice.reference))
    # the network
    dispatch.on(urc.RegistrationNews, partial(_registration, device))
    dispatch.on(urc.SignalNews, partial(_signal, device))
    dispatch.on(urc.Ringing, calls.ringing)
    dispatch.on(urc.CallEnded, calls.ended)
    dispatch.on(urc.UssdNews, ussd.heard)
    dispatch.on(urc.DialogueEnded, ussd.refused)
    # the modem
    dispatch.on(urc.Restart, partial(_restart, device))
    dispatch.on(urc.StartupStep, partial(_startup_step, device))
    dispatch.on(urc.SimNews, partial(_sim, device))
    dispatch.on(urc.SupplyTrouble, partial(_supply, device))
    dispatch.on(urc.SettingsSuspect, partial(_settings, device))
    return dispatch


def _text_mode(device: Device, _notice: urc.DirectText) -> None:
    device.checks.request(Check.SETTINGS_SUSPECT, "it hands over text instead of PDUs")


def _signal(device: Device, notice: urc.SignalNews) -> None:
    device.facts.signal_dbm = commands.dbm(notice.rssi)


def _registration(device: Device, notice: urc.RegistrationNews) -> None:
    session = device.session
    if session is None:
        return
    before = session.registration.registered
    session.registration_news(notice.domain, notice.status)
    now = session.registration.registered
    if before != now:
        # whoever changes the SIM loses the network, and may find it again with another one
        device.checks.request(Check.SIM, f"the network {'is back' if now else 'is lost'}")
        if not now:  # another domain may still have one
            said = f"{notice.domain} says {notice.status.name.lower()}"
            device.checks.request(Check.NETWORK, said)
    elif device.life.state in {ModemState.READY, ModemState.REGISTERING}:
        device.settle()


def _restart(device: Device, notice: urc.Restart) -> None:
    """A modem that is asked whether it is there yet has lost nothing: it is just starting."""
    if device.session is not None and device.session.connecting:
        return
    device.checks.request(Check.RESTART, notice.banner)
    if device.session is not None:
        device.session.line.give_up_with(Restarted(f"the modem restarted: {notice.banner}"))


def _startup_step(device: Device, notice: urc.StartupStep) -> None:
    device.checks.request(Check.STARTUP_STEP, notice.banner)


def _sim(device: Device, notice: urc.SimNews) -> None:
    device.checks.request(Check.SIM, notice.banner)


def _supply(device: Device, notice: urc.SupplyTrouble) -> None:
    device.trouble(Trouble.SUPPLY, f"its power supply is too weak or too strong: {notice.banner}")


def _settings(device: Device, notice: urc.SettingsSuspect) -> None:
    device.checks.request(Check.SETTINGS_SUSPECT, notice.banner)
