"""One session, without a connection: what it lets through, what it answers by itself, and in which state."""

import pytest

from gsmd import smpp
from gsmd.smpp import CommandStatus, Requested, Role, Session, SessionState, pdus
from gsmd.smpp.session import ALLOWED, BOUND

S = CommandStatus
BINDS = (
    (pdus.BindTransmitter, pdus.BindTransmitterResp, SessionState.BOUND_TX),
    (pdus.BindReceiver, pdus.BindReceiverResp, SessionState.BOUND_RX),
    (pdus.BindTransceiver, pdus.BindTransceiverResp, SessionState.BOUND_TRX),
)
SUBMIT = pdus.SubmitSm(7, destination=smpp.Address(1, 1, b"33612345678"), short_message=b"hi")
DELIVER = pdus.DeliverSm(short_message=b"hi")


def bound(kind: type[pdus.Bind] = pdus.BindTransceiver, **windows: int) -> Session:
    session = Session(Role.SMSC, **windows)
    (event,) = session.receive(smpp.encode(kind(1, system_id=b"crm")))
    assert isinstance(event, Requested)
    session.answer(event.pdu, smpp.response_to(event.pdu.command)())
    return session


def status_of(session: Session, pdu: smpp.Pdu) -> int | None:
    """The status with which the session answers by itself; None if it lets the request through."""
    (event,) = session.receive(smpp.encode(pdu))
    if isinstance(event, Requested):
        assert event.pdu == pdu
        return None
    assert isinstance(event, smpp.Automatic)
    answer = smpp.decode(event.octets)
    assert answer.sequence == pdu.sequence
    assert type(answer) is smpp.response_to(pdu.command)
    return answer.status


@pytest.mark.parametrize(("bind", "answer", "state"), BINDS)
def test_a_bind_holds_from_its_positive_answer_on(
    bind: type[pdus.Bind], answer: type[smpp.Pdu], state: SessionState
) -> None:
    session = Session(Role.SMSC)
    (event,) = session.receive(smpp.encode(bind(1, interface_version=0x50)))
    assert isinstance(event, Requested)
    assert session.state is SessionState.OPEN
    octets = session.answer(event.pdu, answer())
    assert smpp.decode(octets) == answer(1)
    assert (session.state, session.version) == (state, 0x50)


def test_a_refused_bind_leaves_the_session_open_for_another() -> None:
    session = Session(Role.SMSC)
    (event,) = session.receive(smpp.encode(pdus.BindTransceiver(1)))
    assert isinstance(event, Requested)
    session.refuse(event.pdu, S.RINVPASWD)
    assert session.state is SessionState.OPEN
    assert status_of(session, pdus.BindTransceiver(2)) is None


def test_a_second_bind_is_already_bound_also_while_the_first_waits_for_its_answer() -> None:
    session = Session(Role.SMSC)
    assert status_of(session, pdus.BindTransceiver(1)) is None
    assert status_of(session, pdus.BindTransceiver(2)) == S.RALYBND
    assert status_of(bound(), pdus.BindReceiver(2)) == S.RALYBND


@pytest.mark.parametrize(("bind", "answer", "state"), BINDS)
@pytest.mark.parametrize("command", sorted(ALLOWED[Role.ESME]))
def test_the_table_says_what_an_esme_may_ask_for_when_it_is_bound(
    bind: type[pdus.Bind], answer: type[smpp.Pdu], state: SessionState, command: int
) -> None:
    if command in (0x15, 1, 2, 9):
        return  # answered by the session, and tested above
    expected = None if state in ALLOWED[Role.ESME][command] else S.RINVBNDSTS
    assert status_of(bound(bind), smpp.PDUS[command](9)) == expected


@pytest.mark.parametrize("command", sorted(ALLOWED[Role.ESME]))
def test_nothing_but_a_bind_is_let_through_before_it(command: int) -> None:
    expected = None if command in (1, 2, 9) else S.ROK if command == 0x15 else S.RINVBNDSTS
    assert status_of(Session(Role.SMSC), smpp.PDUS[command](9)) == expected


def test_what_only_an_smsc_sends_is_refused_and_the_session_stays() -> None:
    session = bound()
    assert status_of(session, pdus.DeliverSm(3)) == S.RINVBNDSTS
    assert session.receive(smpp.encode(pdus.AlertNotification(4))) == []
    assert session.receive(smpp.encode(pdus.Outbind(5))) == []
    assert status_of(session, SUBMIT) is None


@pytest.mark.parametrize("state", ["open", "bound"])
def test_enquire_link_is_answered_by_the_session(state: str) -> None:
    session = bound() if state == "bound" else Session(Role.SMSC)
    (event,) = session.receive(smpp.encode(pdus.EnquireLink(77)))
    assert event == smpp.Automatic(smpp.encode(pdus.EnquireLinkResp(77)))


def test_a_command_nobody_knows_gets_generic_nack_with_its_sequence_number() -> None:
    session = bound()
    (event,) = session.receive(bytes.fromhex("00000010 00000111 00000000 00000063"))
    assert isinstance(event, smpp.Automatic)
    assert smpp.decode(event.octets) == pdus.GenericNack(0x63, S.RINVCMDID)
    assert status_of(session, SUBMIT) is None


def test_a_bad_body_gets_its_own_response_and_the_session_stays() -> None:
    session = bound()
    octets = smpp.encode(SUBMIT)
    (event,) = session.receive(len(octets).to_bytes(4) + octets[4:-3] + b"\xff" + octets[-2:])
    assert isinstance(event, smpp.Automatic)
    assert smpp.decode(event.octets) == pdus.SubmitSmResp(7, S.RINVMSGLEN)
    assert event.error is not None
    assert event.error.field == "sm_length"
    assert status_of(session, SUBMIT) is None


@pytest.mark.parametrize("length", [0, 15, 70 * 1024 + 1, 0xFFFFFFFF])
def test_a_length_that_cannot_be_ends_the_session_before_anything_of_it_is_kept(
    length: int,
) -> None:
    session = bound()
    (event,) = session.receive(length.to_bytes(4))
    assert isinstance(event, smpp.Ended)
    assert smpp.decode(event.octets).status == S.RINVCMDLEN
    assert session.state is SessionState.CLOSED
    assert session.receive(smpp.encode(SUBMIT)) == []


def test_before_the_bind_a_pdu_has_at_most_512_octets() -> None:
    assert Session(Role.SMSC).receive((512).to_bytes(4)) == []
    (event,) = Session(Role.SMSC).receive((513).to_bytes(4))
    assert isinstance(event, smpp.Ended)
    assert bound().receive((513).to_bytes(4)) == []


def test_a_stream_in_single_octets_is_the_same_conversation() -> None:
    session = bound()
    events = []
    for octet in smpp.encode(SUBMIT) + smpp.encode(pdus.EnquireLink(8)):
        events += session.receive(bytes((octet,)))
    assert events == [
        Requested(SUBMIT),
        smpp.Automatic(smpp.encode(pdus.EnquireLinkResp(8))),
    ]


def test_requests_beyond_their_window_lie_unread_until_something_is_answered() -> None:
    session = bound(their_window=2)
    submits = [pdus.SubmitSm(number) for number in range(1, 5)]
    events = session.receive(b"".join(map(smpp.encode, submits)))
    assert events == [Requested(submits[0]), Requested(submits[1])]
    assert session.full
    assert session.receive(b"") == []
    session.answer(submits[1], pdus.SubmitSmResp())
    assert session.receive(b"") == [Requested(submits[2])]
    session.answer(submits[0], pdus.SubmitSmResp())
    session.answer(submits[2], pdus.SubmitSmResp())
    assert session.receive(b"") == [Requested(submits[3])]
    assert not session.full


def test_answers_are_read_although_the_window_is_full() -> None:
    session = bound(their_window=1)
    session.send(DELIVER, "first")
    (event,) = session.receive(smpp.encode(SUBMIT))
    assert isinstance(event, Requested)
    (answered,) = session.receive(smpp.encode(pdus.DeliverSmResp(1)))
    assert answered == smpp.Answered(pdus.DeliverSmResp(1), "first")


def test_our_window_is_how_many_requests_may_be_without_an_answer() -> None:
    session = bound(window=2)
    session.send(DELIVER, "a")
    session.send(DELIVER, "b")
    assert session.free == 0
    with pytest.raises(smpp.WrongState):
        session.send(DELIVER, "c")
    session.send(pdus.EnquireLink())  # is no message, and needs no place
    (event,) = session.receive(smpp.encode(pdus.DeliverSmResp(2)))
    assert event == smpp.Answered(pdus.DeliverSmResp(2), "b")


def test_sequence_numbers_count_from_1_and_pass_over_those_that_wait() -> None:
    session = bound(window=5)
    first = smpp.decode(session.send(DELIVER)).sequence
    session._sequence = 0x7FFFFFFF - 1
    numbers = [smpp.decode(session.send(DELIVER)).sequence for _ in range(3)]
    assert (first, numbers) == (1, [0x7FFFFFFF, 2, 3])


def test_generic_nack_answers_a_request_of_ours() -> None:
    session = bound()
    session.send(DELIVER, "a")
    nack = pdus.GenericNack(1, S.RINVCMDID)
    assert session.receive(smpp.encode(nack)) == [smpp.Answered(nack, "a")]


def test_an_answer_to_nothing_of_another_kind_or_too_late_is_a_stray_one() -> None:
    session = bound()
    session.send(DELIVER, "a")
    other = pdus.SubmitSmResp(1)
    assert session.receive(smpp.encode(other)) == [smpp.Stray(other)]
    assert session.forget(lambda token: token == "a") == 1
    late = pdus.DeliverSmResp(1)
    assert session.receive(smpp.encode(late)) == [smpp.Stray(late)]
    assert session.free == session.window


def test_an_answer_whose_body_cannot_be_read_says_what_its_header_says() -> None:
    session = bound()
    session.send(DELIVER, "a")
    octets = bytes.fromhex("00000012 80000005 00000000 00000001 6161")
    (event,) = session.receive(octets)
    assert isinstance(event, smpp.Answered)
    assert (event.pdu, event.token) == (pdus.DeliverSmResp(1), "a")
    assert event.error is not None


def test_only_a_receiver_is_sent_messages() -> None:
    session = bound(pdus.BindTransmitter)
    assert not session.receives
    with pytest.raises(smpp.WrongState):
        session.send(DELIVER)
    assert bound(pdus.BindReceiver).receives


def test_after_unbind_nothing_is_taken_and_it_ends_with_the_answer() -> None:
    session = bound()
    assert status_of(session, SUBMIT) is None
    assert status_of(session, pdus.Unbind(8)) is None
    assert status_of(session, pdus.SubmitSm(9)) == S.RINVBNDSTS
    session.answer(SUBMIT, pdus.SubmitSmResp(message_id=b"a"))
    assert session.state in BOUND
    session.answer(pdus.Unbind(8), pdus.UnbindResp())
    assert session.state is SessionState.UNBOUND


def test_our_own_unbind_ends_with_its_answer() -> None:
    session = bound()
    octets = session.send(pdus.Unbind(), "bye")
    assert status_of(session, SUBMIT) is None  # it may have been on its way
    number = smpp.decode(octets).sequence
    session.receive(smpp.encode(pdus.UnbindResp(number)))
    assert session.state is SessionState.UNBOUND


def test_a_lost_connection_gives_back_what_has_no_answer() -> None:
    session = bound()
    session.send(DELIVER, "a")
    session.send(DELIVER, "b")
    assert session.abandon() == ["a", "b"]
    assert session.state is SessionState.CLOSED


def test_two_ends_talk_to_each_other() -> None:
    esme, smsc = Session(Role.ESME), Session(Role.SMSC)
    bind = smsc.receive(esme.send(pdus.BindTransceiver(system_id=b"crm"), "bind"))[0]
    assert isinstance(bind, Requested)
    (done,) = esme.receive(smsc.answer(bind.pdu, pdus.BindTransceiverResp(system_id=b"gsmd")))
    assert isinstance(done, smpp.Answered)
    assert esme.state is smsc.state is SessionState.BOUND_TRX
    with pytest.raises(smpp.WrongState):
        esme.send(DELIVER)
    submit = smsc.receive(esme.send(SUBMIT, "one"))[0]
    assert isinstance(submit, Requested)
    answer = smsc.answer(submit.pdu, pdus.SubmitSmResp(message_id=b"a"))
    assert esme.receive(answer) == [
        smpp.Answered(pdus.SubmitSmResp(submit.pdu.sequence, message_id=b"a"), "one")
    ]
