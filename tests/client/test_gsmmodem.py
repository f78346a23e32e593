"""Scripts written for python-gsmmodem, on the daemon: the same calls, the same classes, the same exceptions."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from gsmmodem import exceptions
from gsmmodem.modem import ReceivedSms, SentSms, Sms, StatusReport, Ussd

from gsmd.client.errors import TimedOut
from gsmd.client.gsmmodem import GsmModem, connected, names, receiving, sending
from gsmd.modem.errors import PinRefused, UssdFailed
from gsmd.modem.state import ModemState
from gsmd.protocol.message import Failure, Message, State
from gsmd.protocol.messages import PartRecord
from gsmd.protocol.method import Role
from tests.api.fake_backend import AT, FakeReply, FakeResult
from tests.client.daemon import Daemon

SCRIPTS = Path(sys.executable).parent


@pytest.fixture
def queue() -> Any:
    return SimpleQueue()


@pytest.fixture
def make(daemon: Daemon) -> Iterator[Callable[..., GsmModem]]:
    """Makes modems on the daemon's socket and closes them at the end."""
    made = []

    def make(port: str | None = "north", **options: Any) -> GsmModem:
        modem = GsmModem(port, 9600, socket=str(daemon.path), **options)
        made.append(modem)
        return modem

    yield make
    for modem in made:
        modem.close()


@pytest.fixture
def modem(make: Callable[..., GsmModem]) -> GsmModem:
    modem = make()
    modem.connect()
    return modem


def goes_through(daemon: Daemon, *states: State, **fields: Any) -> None:
    """Every message that is sent comes to these states, one after the other."""

    def network(message: Message) -> None:
        for state in states:
            daemon.backend.become(message.id, state, **fields)

    daemon.backend.network = network


# The examples of python-gsmmodem, as their readers know them


def test_a_handler_that_thanks_for_every_message(
    make: Callable[..., GsmModem], daemon: Daemon, queue: Any
) -> None:
    goes_through(daemon, State.SENT)

    def handle(sms: ReceivedSms) -> None:
        queue.put((sms.number, sms.text, sms.time))
        sms.reply("Thank you")

    modem = make(smsReceivedCallbackFunc=handle)
    modem.connect()
    daemon.receive("hello", peer="+33612345678", id_="i1")
    number, text, at = queue.get(timeout=20)
    assert (number, text, at.isoformat()) == (
        "+33612345678",
        "hello",
        "2026-01-02T03:04:05.678000+00:00",
    )
    daemon.wait(lambda backend: backend.requests)
    request = daemon.backend.requests[0]
    assert (request.to, request.text, request.in_reply_to, request.modem) == (
        "+33612345678",
        "Thank you",
        "i1",
        "north",
    )
    handler = names.handler_for("north")
    daemon.wait(lambda backend: backend.queue(handler).replies == [("i1", None)])
    modem.rxThread.join(0.01)
    assert modem.rxThread.is_alive()


def test_a_ussd_code_and_the_end_of_its_session(modem: GsmModem, daemon: Daemon) -> None:
    north = daemon.backend.fleet["north"]
    north.answers["*101#"] = FakeReply((), None, "1 Balance", session=True)
    north.answers["1"] = FakeReply((), None, "5.00", session=False)
    assert modem.waitForNetworkCoverage(10) == 21
    response = modem.sendUssd("*101#")
    assert isinstance(response, Ussd)
    assert (response.message, response.sessionActive) == ("1 Balance", True)
    answer = response.reply("1")
    assert (answer.message, answer.sessionActive) == ("5.00", False)
    with pytest.raises(exceptions.InvalidStateException):
        answer.reply("1")
    response.cancel()
    assert north.commands == ["*101#", "1", "AT+CUSD=2"]


def test_the_own_number(modem: GsmModem) -> None:
    assert modem.ownNumber == "+33600000001"


def test_calls_are_counted_as_they_ring(
    make: Callable[..., GsmModem],
    daemon: Daemon,
    queue: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    modem = make(incomingCallCallbackFunc=lambda call: queue.put((call.number, call.ringCount)))
    modem.connect()
    for _ in range(2):
        daemon.do(daemon.backend.happen, "modem.called", modem="north", number="+331")
    daemon.do(daemon.backend.happen, "modem.called", modem="south", number="+339")
    assert [queue.get(timeout=20) for _ in range(2)] == [("+331", 1), ("+331", 2)]
    modem.activeCalls[1].hangup()
    assert daemon.backend.fleet["north"].commands == ["ATH"]
    daemon.do(daemon.backend.happen, "modem.called", modem="north", number=None)
    assert queue.get(timeout=20) == (None, 1)
    monkeypatch.setattr(receiving, "_RINGS_EVERY", 0.0)
    daemon.do(daemon.backend.happen, "modem.called", modem="north", number=None)
    assert queue.get(timeout=20) == (None, 1)


def run_script(name: str, daemon: Daemon, *arguments: str, typed: str = "") -> str:
    """A script that python-gsmmodem installs, with nothing but its import changed."""
    text = (SCRIPTS / name).read_text()
    changed = text.replace(
        "from gsmmodem.modem import GsmModem", "from gsmd.client.gsmmodem import GsmModem"
    )
    assert changed != text
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", changed, *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env={"GSMD_SOCKET": str(daemon.path)},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_script_for_sending_runs_unchanged(daemon: Daemon) -> None:
    goes_through(daemon, State.SENT, State.DELIVERED)
    out = run_script("sendsms.py", daemon, "-i", "/dev/ttyUSB0", "-d", "+331", "hi")
    assert daemon.backend.requests[0].text == "hi"
    assert "Message sent and delivered OK." in out


def test_its_script_for_identifying_runs_unchanged(daemon: Daemon) -> None:
    out = run_script("identify-modem.py", daemon, "north")
    for expected in ("huawei", "E160", "490154203237518", "208011234567890", "Orange F", "21"):
        assert expected in out


# Which modem


@pytest.mark.parametrize("port", ["north", "/dev/ttyUSB0", None])
def test_a_modem_is_found_by_its_name_its_device_or_as_the_only_one(
    make: Callable[..., GsmModem], port: str | None
) -> None:
    modem = make(port)
    modem.connect()
    assert modem.imei == "490154203237518"


def test_a_link_to_the_device_will_do(make: Callable[..., GsmModem], tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to("/dev/ttyUSB0")
    modem = make(str(link))
    modem.connect()
    assert modem.model == "E160"


def test_the_port_may_be_the_socket(daemon: Daemon) -> None:
    modem = GsmModem(str(daemon.path))
    modem.connect()
    assert modem.manufacturer == "huawei"
    modem.close()


def test_a_modem_that_is_not_there_is_an_error_that_names_those_that_are(
    make: Callable[..., GsmModem],
) -> None:
    with pytest.raises(exceptions.GsmModemException, match="it has: north"):
        make("/dev/ttyUSB7").connect()


def test_without_a_daemon_connecting_fails(tmp_path: Path) -> None:
    modem = GsmModem("north", socket=str(tmp_path / "none"))
    with pytest.raises(exceptions.GsmModemException, match="no daemon"):
        modem.connect()
    modem.close()


# Sending


def test_sending_waits_for_the_network(modem: GsmModem, daemon: Daemon) -> None:
    goes_through(daemon, State.SUBMITTING, State.SENT)
    daemon.backend.parts["o1"] = [
        PartRecord(sequence=1, state="sent", pdu="", modem="north", message_reference=41),
        PartRecord(sequence=2, state="sent", pdu="", modem="north", message_reference=42),
    ]
    sms = modem.sendSms("+331", "hello", sendFlash=True)
    assert isinstance(sms, SentSms)
    assert (sms.number, sms.text, sms.reference, sms.status, sms.report) == (
        "+331",
        "hello",
        42,
        SentSms.ENROUTE,
        None,
    )
    request = daemon.backend.requests[0]
    assert (request.report, request.flash, request.modem) == (True, True, "north")


def test_delivery_turns_up_by_itself(
    make: Callable[..., GsmModem], daemon: Daemon, queue: Any
) -> None:
    goes_through(daemon, State.SENT)
    modem = make(smsStatusReportCallback=queue.put)
    modem.connect()
    sms = modem.sendSms("+331", "hello")
    daemon.do(daemon.backend.become, "o1", State.DELIVERED)
    report = queue.get(timeout=20)
    assert isinstance(report, StatusReport)
    assert (report.number, report.deliveryStatus) == ("+331", StatusReport.DELIVERED)
    assert (sms.status, sms.report) == (SentSms.DELIVERED, report)


def test_waiting_for_delivery(make: Callable[..., GsmModem], daemon: Daemon, queue: Any) -> None:
    goes_through(daemon, State.SENT, State.DELIVERED)
    modem = make(requestDelivery=False, smsStatusReportCallback=queue.put)
    modem.connect()
    sms = modem.sendSms("+331", "hello", waitForDeliveryReport=True, deliveryTimeout=20)
    assert sms.status == SentSms.DELIVERED
    assert daemon.backend.requests[0].report is True
    assert modem.sendSms("+331", "again").status == SentSms.DELIVERED
    assert daemon.backend.requests[1].report is False
    assert queue.get(timeout=20).number == "+331"  # of the second: the first was waited for
    assert queue.empty()


def test_a_delivery_that_fails_is_a_report_and_no_error(modem: GsmModem, daemon: Daemon) -> None:
    goes_through(daemon, State.SENT, State.FAILED, sent_at=AT)
    daemon.backend.parts["o1"] = [
        PartRecord(sequence=1, state="failed", pdu="", modem="north", tp_status=70)
    ]
    sms = modem.sendSms("+331", "hello", waitForDeliveryReport=True, deliveryTimeout=20)
    assert (sms.status, sms.report.deliveryStatus) == (SentSms.FAILED, 70)


def test_a_delivery_that_does_not_come_in_time(modem: GsmModem, daemon: Daemon) -> None:
    goes_through(daemon, State.SENT)
    with pytest.raises(exceptions.TimeoutException):
        modem.sendSms("+331", "hello", waitForDeliveryReport=True, deliveryTimeout=0.01)


def test_who_waits_for_a_report_has_it_also_when_the_event_was_faster(
    make: Callable[..., GsmModem], daemon: Daemon, monkeypatch: pytest.MonkeyPatch, queue: Any
) -> None:
    goes_through(daemon, State.SENT)
    modem = make(smsStatusReportCallback=queue.put)
    modem.connect()
    building, returned = threading.Event(), threading.Event()
    report, wait = modem._report, modem._client.wait

    def slow_report(message: Message) -> StatusReport:
        assert threading.current_thread() is modem.rxThread
        building.set()
        assert not returned.wait(0.2)  # whoever waits is not to return before the report is there
        return report(message)

    def slow_wait(id_: str, state: State, timeout: float | None = None) -> Message:
        if state is State.DELIVERED:
            daemon.do(daemon.backend.become, id_, State.DELIVERED)
            assert building.wait(20)
        return wait(id_, state, timeout)

    monkeypatch.setattr(modem, "_report", slow_report)
    monkeypatch.setattr(modem._client, "wait", slow_wait)
    sms = modem.sendSms("+331", "hello", waitForDeliveryReport=True, deliveryTimeout=20)
    returned.set()
    assert sms.status == SentSms.DELIVERED
    assert sms.report is not None
    assert queue.empty()  # a report that somebody waited for is not for the callback


def test_a_report_that_comes_as_the_time_ends_is_given_to_who_waited_for_it(
    make: Callable[..., GsmModem], daemon: Daemon, monkeypatch: pytest.MonkeyPatch, queue: Any
) -> None:
    goes_through(daemon, State.SENT)
    modem = make(smsStatusReportCallback=queue.put)
    modem.connect()
    building = threading.Event()
    report, wait = modem._report, modem._client.wait

    def told(message: Message) -> StatusReport:
        building.set()
        return report(message)

    def late(id_: str, state: State, timeout: float | None = None) -> Message:
        if state is State.DELIVERED:
            daemon.do(daemon.backend.become, id_, State.DELIVERED)
            assert building.wait(20)
            raise TimedOut("timed out")
        return wait(id_, state, timeout)

    monkeypatch.setattr(modem, "_report", told)
    monkeypatch.setattr(modem._client, "wait", late)
    sms = modem.sendSms("+331", "hello", waitForDeliveryReport=True, deliveryTimeout=20)
    assert sms.status == SentSms.DELIVERED
    assert queue.empty()


@pytest.mark.parametrize(
    ("failure", "kind", "code"),
    [
        (Failure("x", cms=1), exceptions.CmsError, 1),
        (Failure("x", cms=330), exceptions.SmscNumberUnknownError, 330),
        (Failure("x", cme=11), exceptions.PinRequiredError, 11),
        (Failure("x", cme=30), exceptions.CmeError, 30),
        (Failure("opted_out", "they opted out"), exceptions.CommandError, None),
    ],
)
def test_what_the_network_refuses_is_its_own_exception(
    modem: GsmModem, daemon: Daemon, failure: Failure, kind: type[Exception], code: int | None
) -> None:
    goes_through(daemon, State.FAILED, error=failure)
    with pytest.raises(kind) as caught:
        modem.sendSms("+331", "hello")
    assert caught.value.code == code  # type: ignore[attr-defined]  # each is a CommandError


def test_a_message_that_may_or_may_not_be_out_is_a_timeout(modem: GsmModem, daemon: Daemon) -> None:
    goes_through(daemon, State.SUBMITTING, State.UNCERTAIN, error=Failure("uncertain"))
    with pytest.raises(exceptions.TimeoutException):
        modem.sendSms("+331", "hello")


def test_what_cannot_be_sent_at_all(modem: GsmModem) -> None:
    with pytest.raises(exceptions.CommandError, match="not a number"):
        modem.sendSms("abc", "hello")


def test_a_message_that_the_network_does_not_take_is_withdrawn(
    modem: GsmModem, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SEND_TIMEOUT", 0.01)
    with pytest.raises(exceptions.TimeoutException):
        modem.sendSms("+331", "hello")
    assert daemon.backend.kept["o1"].state is State.CANCELLED


def test_a_message_that_is_on_its_way_is_waited_for_a_little_longer(
    modem: GsmModem, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_through(daemon, State.SUBMITTING)
    monkeypatch.setattr(sending, "SEND_TIMEOUT", 0.05)
    with pytest.raises(exceptions.TimeoutException):
        modem.sendSms("+331", "hello")
    assert daemon.backend.kept["o1"].state is State.SUBMITTING


# Receiving


def test_a_callback_that_fails_rejects_the_message(
    make: Callable[..., GsmModem], daemon: Daemon, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    def handle(sms: ReceivedSms) -> None:
        calls.append(sms.text)
        if len(calls) == 1:
            raise ZeroDivisionError

    modem = make(smsReceivedCallbackFunc=handle, handler="mine")
    modem.connect()
    daemon.receive("hello", id_="i1")
    daemon.wait(lambda backend: backend.queue("mine").replies == [("i1", None)])
    assert calls == ["hello", "hello"]
    assert "smsReceivedCallback" in caplog.text


def test_an_answer_is_not_sent_twice_when_a_message_comes_again(
    make: Callable[..., GsmModem], daemon: Daemon
) -> None:
    goes_through(daemon, State.SENT)
    calls: list[str] = []

    def handle(sms: ReceivedSms) -> None:
        calls.append(sms.reply("thanks").text)
        if len(calls) == 1:
            raise ZeroDivisionError

    modem = make(smsReceivedCallbackFunc=handle, handler="mine")
    modem.connect()
    daemon.receive("hello", id_="i1")
    daemon.wait(lambda backend: backend.queue("mine").replies)
    assert calls == ["thanks", "thanks"]
    assert len(daemon.backend.requests) == 1


def test_what_came_while_the_script_was_not_running_is_processed(
    make: Callable[..., GsmModem], daemon: Daemon
) -> None:
    daemon.do(daemon.backend.queue, "mine")
    daemon.receive("one")
    daemon.receive("two")
    texts: list[str] = []
    modem = make(smsReceivedCallbackFunc=lambda sms: texts.append(sms.text), handler="mine")
    modem.connect()
    modem.processStoredSms()
    assert texts == ["one", "two"]
    assert modem.listStoredSms() == []


def test_a_callback_may_be_set_later(modem: GsmModem, daemon: Daemon, queue: Any) -> None:
    modem.smsReceivedCallback = lambda sms: queue.put(sms.text)
    daemon.receive("hello")
    assert queue.get(timeout=20) == "hello"


def test_messages_of_other_modems_are_somebody_elses(
    make: Callable[..., GsmModem], daemon: Daemon, queue: Any
) -> None:
    modem = make(smsReceivedCallbackFunc=lambda sms: queue.put(sms.text))
    modem.connect()
    daemon.receive("not for us", modem="south")
    daemon.receive("for us")
    assert queue.get(timeout=20) == "for us"


def test_asking_for_messages_and_deleting_them(
    make: Callable[..., GsmModem], daemon: Daemon
) -> None:
    daemon.do(daemon.backend.queue, "mine")
    daemon.receive("one", id_="i1")
    daemon.receive("two", id_="i2")
    modem = make(handler="mine")
    modem.connect()
    first, second = modem.listStoredSms()
    assert (first.text, first.status, first.index) == ("one", Sms.STATUS_RECEIVED_UNREAD, 1)
    daemon.receive("three", id_="i3")
    assert [sms.text for sms in modem.listStoredSms(Sms.STATUS_RECEIVED_READ)] == ["one", "two"]
    assert modem.readStoredSms(second.index).text == "two"
    modem.deleteStoredSms(first.index)
    daemon.wait(lambda backend: backend.queue("mine").replies == [("i1", None)])
    for use in (modem.readStoredSms, modem.deleteStoredSms):
        with pytest.raises(exceptions.CmsError) as caught:
            use(first.index)
        assert caught.value.code == 321
    assert [sms.text for sms in modem.listStoredSms(delete=True)] == ["two", "three"]
    daemon.wait(lambda backend: len(backend.queue("mine").replies) == 3)
    assert modem.listStoredSms() == []


def test_what_was_listed_and_not_deleted_comes_next_time(
    make: Callable[..., GsmModem], daemon: Daemon
) -> None:
    daemon.do(daemon.backend.queue, "mine")
    daemon.receive("one", id_="i1")
    for _ in range(2):
        modem = make(handler="mine")
        modem.connect()
        assert [sms.text for sms in modem.listStoredSms()] == ["one"]
        modem.close()
        daemon.wait(lambda backend: not backend.queue("mine").workers)


def test_deleting_many(make: Callable[..., GsmModem], daemon: Daemon) -> None:
    daemon.do(daemon.backend.queue, "mine")
    daemon.receive("one", id_="i1")
    modem = make(handler="mine")
    modem.connect()
    modem.listStoredSms()
    daemon.receive("two", id_="i2")
    modem.deleteMultipleStoredSms(1)
    daemon.wait(lambda backend: backend.queue("mine").replies == [("i1", None)])
    modem.deleteMultipleStoredSms()
    daemon.wait(lambda backend: len(backend.queue("mine").replies) == 2)
    with pytest.raises(ValueError, match="delFlag"):
        modem.deleteMultipleStoredSms(5)


def test_processing_without_a_callback_is_an_error(modem: GsmModem) -> None:
    with pytest.raises(ValueError, match="smsReceivedCallback"):
        modem.processStoredSms()


def test_each_script_has_its_own_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/my script.py"])
    assert names.handler_for("north") == "gsmmodem.my-script.north"
    monkeypatch.setattr(sys, "argv", [""])
    assert names.handler_for(None) == "gsmmodem"


# The modem


def a_state(daemon: Daemon, state: ModemState, **fields: Any) -> None:
    daemon.do(daemon.backend.fleet["north"].become, state=state, **fields)
    daemon.do(daemon.backend.happen, "modem.state", modem="north", state=str(state))


def test_facts_are_those_of_the_daemon(modem: GsmModem) -> None:
    assert (modem.signalStrength, modem.networkName, modem.smsc) == (
        21,
        "Orange F",
        "+33609001390",
    )
    assert (modem.revision, modem.imsi) == ("11.609", "208011234567890")


def test_an_unknown_signal_is_minus_one(modem: GsmModem, daemon: Daemon) -> None:
    a_state(daemon, ModemState.READY, signal_dbm=None)
    assert modem.signalStrength == -1


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (ModemState.PIN_NEEDED, exceptions.PinRequiredError),
        (ModemState.PUK_NEEDED, exceptions.PukRequiredError),
        (ModemState.SIM_MISSING, exceptions.CmeError),
        (ModemState.STOPPED, exceptions.GsmModemException),
    ],
)
def test_a_sim_that_cannot_be_used_is_an_exception(
    make: Callable[..., GsmModem], daemon: Daemon, state: ModemState, kind: type[Exception]
) -> None:
    a_state(daemon, state)
    with pytest.raises(kind):
        make().connect()


def test_a_pin_unlocks(make: Callable[..., GsmModem], daemon: Daemon) -> None:
    a_state(daemon, ModemState.PIN_NEEDED)
    north = daemon.backend.fleet["north"]
    north.unlocked = lambda: north.become(state=ModemState.REGISTERING)
    make().connect("1234")
    assert north.pins == ["1234"]


def test_a_wrong_pin_is_an_exception(make: Callable[..., GsmModem], daemon: Daemon) -> None:
    a_state(daemon, ModemState.PIN_NEEDED)
    daemon.backend.fleet["north"].failure = PinRefused("2 tries left")
    with pytest.raises(exceptions.IncorrectPinError):
        make().connect("1234")


def test_connecting_waits_until_the_modem_has_said_who_it_is(
    make: Callable[..., GsmModem], daemon: Daemon
) -> None:
    a_state(daemon, ModemState.IDENTIFYING)
    modem = make()
    thread = threading.Thread(target=modem.connect)
    thread.start()
    daemon.wait(lambda backend: backend.events.listeners)
    a_state(daemon, ModemState.READY)
    thread.join(20)
    assert modem.alive


def test_a_modem_that_stays_away_is_an_exception(
    make: Callable[..., GsmModem], daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected, "_BRING_UP", 0.01)
    a_state(daemon, ModemState.ABSENT)
    with pytest.raises(exceptions.GsmModemException, match="absent"):
        make().connect()


def test_waiting_for_the_network(modem: GsmModem, daemon: Daemon) -> None:
    a_state(daemon, ModemState.REGISTERING, registration="searching")
    with pytest.raises(exceptions.TimeoutException):
        modem.waitForNetworkCoverage(0.01)
    thread = threading.Timer(0, a_state, (daemon, ModemState.READY))
    thread.start()
    assert modem.waitForNetworkCoverage(20) == 21
    thread.join()
    a_state(daemon, ModemState.REGISTERING, registration="denied")
    with pytest.raises(exceptions.InvalidStateException):
        modem.waitForNetworkCoverage(20)


def test_raw_commands(modem: GsmModem, daemon: Daemon) -> None:
    north = daemon.backend.fleet["north"]
    north.answers["AT+CSQ"] = FakeReply(("+CSQ: 20,99",), FakeResult("OK"))
    north.answers["AT+X"] = FakeReply((), FakeResult("ERROR"))
    north.answers["AT+CPIN?"] = FakeReply((), FakeResult("+CME ERROR: 11"))
    north.answers["AT+CMGR=1"] = FakeReply((), FakeResult("+CMS ERROR: 321"))
    north.answers["AT+CLAC"] = FakeReply(("+CLAC:+CSQ,+CNUM",), FakeResult("OK"))
    assert modem.write("AT+CSQ") == ["+CSQ: 20,99", "OK"]
    assert modem.write("AT+X", parseError=False) == ["ERROR"]
    assert modem.write("AT+CSQ", waitForResponse=False) is None
    for command, kind in (
        ("AT+X", exceptions.CommandError),
        ("AT+CPIN?", exceptions.PinRequiredError),
        ("AT+CMGR=1", exceptions.CmsError),
    ):
        with pytest.raises(kind):
            modem.write(command)
    assert modem.supportedCommands == ["+CSQ", "+CNUM"]
    modem.smsc = "+331"
    modem.ownNumber = "+332"
    assert north.commands[-3:] == ['AT+CSCA="+331"', 'AT+CPBS="ON"', 'AT+CPBW=1,"+332"']
    with pytest.raises(exceptions.InvalidStateException):
        modem.write("0011", writeTerm="\x1a")


def test_ussd_that_fails_or_is_not_answered(modem: GsmModem, daemon: Daemon) -> None:
    north = daemon.backend.fleet["north"]
    north.failure = UssdFailed("the network does not know this code")
    with pytest.raises(exceptions.CommandError, match="does not know"):
        modem.sendUssd("*1#")
    late = UssdFailed("no answer")
    late.__cause__ = TimeoutError()
    north.failure = late
    with pytest.raises(exceptions.TimeoutException):
        modem.sendUssd("*1#")


def test_voice_calls_are_not_made(modem: GsmModem) -> None:
    with pytest.raises(exceptions.InvalidStateException, match="no voice calls"):
        modem.dial("+331")


def test_a_script_that_may_only_send_can_send(
    make: Callable[..., GsmModem], daemon: Daemon, caplog: pytest.LogCaptureFixture
) -> None:
    goes_through(daemon, State.SENT, State.DELIVERED)
    daemon.grant(Role.SEND)
    modem = make("north")
    modem.connect("1234")
    assert modem.rxThread.is_alive()
    sms = modem.sendSms("+331", "hello", waitForDeliveryReport=True)
    assert (sms.reference, sms.status) == (0, SentSms.DELIVERED)
    assert modem.sendSms("+332", "hello").number == "+332"
    assert daemon.backend.requests[0].modem == "north"
    assert "no status reports" in caplog.text
    with pytest.raises(exceptions.CommandError, match="admin"):
        modem.write("AT")
    with pytest.raises(exceptions.CommandError, match="read"):
        _ = modem.signalStrength


def test_who_may_send_may_leave_a_menu(modem: GsmModem, daemon: Daemon) -> None:
    daemon.backend.fleet["north"].answers["*1#"] = FakeReply((), None, "1 More", session=True)
    response = modem.sendUssd("*1#")
    daemon.grant(Role.SEND)
    response.cancel()
    assert daemon.backend.fleet["north"].commands == ["*1#", "AT+CUSD=2"]


def test_several_scripts_share_one_modem(
    make: Callable[..., GsmModem], daemon: Daemon, queue: Any
) -> None:
    goes_through(daemon, State.SENT)
    modems = [
        make(
            handler=name, smsReceivedCallbackFunc=lambda sms, name=name: queue.put((name, sms.text))
        )
        for name in ("one", "two")
    ]
    for modem in modems:
        modem.connect()
    daemon.receive("hello")
    assert {queue.get(timeout=20), queue.get(timeout=20)} == {("one", "hello"), ("two", "hello")}
    for modem in modems:
        modem.sendSms("+331", "x")


def test_everything_of_the_original_that_makes_sense_is_there() -> None:
    from gsmmodem.modem import GsmModem as Original

    not_gsmds_business = {
        "GetIncomingDTMF",
        "checkForwarding",
        "setForwarding",
        "gsmBusy",
        "smsEncoding",
        "smsSupportedEncoding",
        "log",
        "timeout",
    }
    public = {name for name in dir(Original) if name[0].islower() or name[:2] == "Ge"}
    assert public - not_gsmds_business <= set(dir(GsmModem))
