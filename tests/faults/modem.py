"""What may happen to a modem in the middle of its work: every fault the simulator can play."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from gsmd.simulator import PtyModem, Registration
from gsmd.simulator.storage import Entry, StoredStatus

Deed = Callable[[PtyModem], object]
_DRAFT = "0001000581214365000004D4F29C0E"
CALLER = "+33687654321"


def _nothing(_line: PtyModem) -> None:
    """It ends by itself, or with what it was."""


@dataclass(frozen=True)
class ModemFault:
    """``strike`` begins it, ``relieve`` ends it.

    ``lasts``: seconds until it is relieved, for a fault that stops the traffic; None: until the
    traffic of the time is through.
    """

    strike: Deed
    relieve: Deed = _nothing
    lasts: float | None = None


def _fault(lasts: float | None = None, **changes: Any) -> ModemFault:
    """Faults of the modem, switched on and off again."""

    def strike(line: PtyModem) -> None:
        for name, value in changes.items():
            assert hasattr(line.modem.faults, name), name
            setattr(line.modem.faults, name, value)

    return ModemFault(strike, _off, lasts)


def _network(**changes: Any) -> ModemFault:
    """Faults of the network, switched on and off again."""

    def switch(line: PtyModem, values: dict[str, Any]) -> dict[str, Any]:
        faults = line.modem.network.faults
        before = {name: getattr(faults, name) for name in values}
        for name, value in values.items():
            setattr(faults, name, value)
        return before

    before: dict[str, Any] = {}
    return ModemFault(
        lambda line: before.update(switch(line, changes)),
        lambda line: switch(line, before),
    )


def _fails(command: str, error: int | str, times: int = 1, stage: str = "end") -> ModemFault:
    return ModemFault(lambda line: line.modem.faults.fail(command, error, times, stage))  # type: ignore[arg-type] # one of two words


def _registration(state: Registration) -> ModemFault:
    return ModemFault(
        lambda line: line.modem.radio.grant(state),
        lambda line: line.modem.radio.grant(Registration.HOME),
        lasts=0.5,
    )


def _fill(line: PtyModem) -> None:
    memory = line.modem.require_card().messages
    while memory.capacity - memory.used > 1:
        memory.put(Entry(StoredStatus.STORED_UNSENT, _DRAFT, len(_DRAFT) // 2 - 1))


def _make_room(line: PtyModem) -> None:
    card = line.modem.require_card()
    for position in range(card.messages.capacity):
        entry = card.messages.get(position)
        if entry is not None and entry.status is StoredStatus.STORED_UNSENT:
            card.messages.clear(position)
    line.modem.network.memory_available(card)


def _card_out_and_in() -> ModemFault:
    cards: list[Any] = []

    def out(line: PtyModem) -> None:
        cards.append(line.modem.sim)
        line.modem.insert(None)

    return ModemFault(out, lambda line: line.modem.insert(cards.pop()), lasts=0.5)


def _lte(line: PtyModem, *, on: bool) -> None:
    line.modem.radio.grant_lte_only(on=on)


def _call(line: PtyModem) -> None:
    line.modem.faults.calls_block_sms = True
    line.modem.voice.ring(CALLER)


def _hang_up(line: PtyModem) -> None:
    line.modem.voice.hang_up(remote=True)
    _off(line)


def _sim_failure(line: PtyModem) -> None:
    line.modem.faults.sim_busy_code = 13
    line.modem.slow_sim(0.5)


def _leave_ucs2(line: PtyModem) -> None:
    line.modem.faults.saved_character_set = "UCS2"
    line.modem.reboot()


def _open_text(line: PtyModem) -> None:
    line.modem.unsolicited('+CUSD: 2,"Balance 50,04. More*5')


def _ask_for_puk2(line: PtyModem) -> None:
    line.modem.faults.second_pin = "PUK2"
    line.modem.unsolicited("+CPIN: SIM PUK2")


def _say_elsewhere(line: PtyModem) -> None:
    """Where there is no storage, what is handed over elsewhere would be out of reach."""
    line.modem.faults.notices_elsewhere = line.modem.profile.knows("+CPMS")


def _lose_sight_of_the_sim(line: PtyModem) -> None:
    line.modem.faults.stuck_sim = "restart"
    line.modem.radio.update()
    line.modem.unsolicited("+CPIN: NOT INSERTED")


def _search(until: Literal["operator", "radio", "restart"]) -> ModemFault:
    def strike(line: PtyModem) -> None:
        line.modem.faults.stuck_search = until
        line.modem.radio.update()

    return ModemFault(strike, _off)


def _restart_in_new_words(line: PtyModem) -> None:
    line.modem.reset_settings()
    line.modem.unsolicited("== system boot ==")


def _off(line: PtyModem) -> None:
    line.modem.faults.clear()


FAULTS: dict[str, ModemFault] = {
    "none": ModemFault(_nothing),
    # talking
    "late replies": _fault(late_reply=0.5, late_replies=2),
    "pauses in the middle of lines": _fault(stutter=0.003),
    "noise": _fault(noise=b"\x00\xff\x7e\xc0"),
    "missing line breaks": _fault(missing_newline=5),
    "chatter": _fault(chatter=True),
    "stray OKs": _fault(stray_ok=4),
    "errors as numbers": _fault(error_style="numeric"),
    "errors in words": _fault(error_style="text"),
    "errors without a blank": _fault(error_style="no-blank"),
    "errors in numbers and words": _fault(error_style="both"),
    "errors headed by their command": _fault(error_style="by-command"),
    "UCS-2 left by another program": ModemFault(_leave_ucs2, _off),
    "a USSD text that is never closed": ModemFault(_open_text),
    "bare errors": _fault(error_style="bare"),
    "restarts in words that nobody knows": ModemFault(_restart_in_new_words),
    "settings lost": ModemFault(lambda line: line.modem.reset_settings()),
    "slow line": ModemFault(lambda line: line.pace(57_600), lambda line: line.pace(None)),
    # dying
    "hangs": _fault(hang=True, lasts=None),
    "hangs until closed": _fault(hang_until_closed=True),
    "wedged": _fault(wedged=True),
    "hangs for a moment": _fault(hang=True, lasts=0.7),
    "restarts": ModemFault(lambda line: line.modem.reboot()),
    "unplugged for a moment": ModemFault(
        lambda line: line.unplug(), lambda line: line.replug(), lasts=0.4
    ),
    # sending
    "lost prompt": _fault(lost_prompt=2),
    "no prompt at all": _fault(lost_prompt=-1),
    "late prompt": _fault(late_prompt=0.5, lasts=0.6),
    "lost result": _fault(lost_result=1),
    "lost OK": _fault(lost_ok=2),
    "answers later than their time-out": _fault(late_result=0.8),
    "500 though it went out": _fault(false_error=1),
    "332 though it went out": _fault(false_error=1, false_error_code=332),
    "network out of order": _fails("CMGS", 38, 2),
    "unknown error": _fails("CMGS", 500, 1),
    "unknown error again and again": _fails("CMGS", 500, 8),
    "no network service": _fails("CMGS", 331, 2),
    "could not send": _fails("CMGS", 512, 1, "start"),
    "network time-out": _fails("CMGS", 332, 1),
    "bare error for a message": _fails("CMGS", "ERROR", 1),
    # SIM and storage
    "SIM busy": ModemFault(lambda line: line.modem.slow_sim(0.5)),
    "PUK2 is asked for": ModemFault(_ask_for_puk2, _off),
    "SIM failure for a moment": ModemFault(_sim_failure, _off),
    "SIM out and in": _card_out_and_in(),
    "SIM unseen until a restart": ModemFault(_lose_sight_of_the_sim, _off),
    "storage full": ModemFault(_fill, _make_room),
    "listing hangs": _fault(list_hangs=1),
    "listing fails": _fails("CMGL", "ERROR", 2),
    "reading fails": _fails("CMGR", 320, 2),
    "deletion fails": _fault(delete_fails=3),
    "counts lag behind": _fault(count_lag=3),
    "no counts": _fault(silent_counts=True),
    "three storages at once": _fault(storages_at_once=2),
    "messages that are counted and not there": _fault(ghosts=2),
    "messages that are not listed": _fault(unlisted=True),
    "slots that are slow to write": _fault(slow_slot=0.3),
    # receiving
    "lost indications": _fault(lost_indication=2),
    "notices that go elsewhere": ModemFault(_say_elsewhere, _off),
    "index of -1": _fault(wrong_index=2),
    "wrong storage": _fault(wrong_storage="ME"),
    "direct and stored": _fault(direct_and_stored=True),
    "acknowledges by itself": _fault(acknowledges_itself=True),
    "acknowledgements that nobody hears": _fault(unheard_acknowledgement=4),
    "acknowledgement refused": _fails("CNMA", "ERROR", 4),
    "report with an extra comma": _fault(report_style="extra-comma"),
    "report in pieces": _fault(report_style="split"),
    "report without service centre": _fault(report_style="no-address"),
    "a call comes in": ModemFault(_call, _hang_up, lasts=0.4),
    # the network
    "registration lost": _registration(Registration.SEARCHING),
    "registration denied": _registration(Registration.DENIED),
    "no registration at all": _registration(Registration.NONE),
    "search without end, until +COPS": _search("operator"),
    "search without end, until +CFUN": _search("radio"),
    "search without end, until a restart": _search("restart"),
    "LTE without SMS": ModemFault(
        lambda line: _lte(line, on=True),
        lambda line: _lte(line, on=False),
        lasts=0.05,
    ),
    "slow network": _network(answer_delay=0.2),
    "slow deliveries": _network(delivery_delay=0.05),
    "brought twice": _network(duplicate=3),
    "lost report": _network(lost_report=2),
    "late reports": _network(report_delay=0.3),
}
