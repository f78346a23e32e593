"""The PDUs that carry messages, receipts, and questions about them (SMPP 3.4 §4.4 to §4.10, §4.12)."""

from gsmd.smpp.address import NOWHERE, Address
from gsmd.smpp.commands import Command
from gsmd.smpp.fields import (
    CString,
    Destination,
    Destinations,
    Octet,
    PeerAddress,
    ShortMessage,
    Unsuccessful,
    Unsuccessfuls,
)
from gsmd.smpp.session_pdus import Pdu
from gsmd.smpp.status import CommandStatus

_SERVICE_TYPE = CString("service_type", 6, CommandStatus.RINVSERTYP)
_MESSAGE_ID = CString("message_id", 65, CommandStatus.RINVMSGID)
_SOURCE = PeerAddress("source_addr", 21, CommandStatus.RINVSRCADR)
_DESTINATION = PeerAddress("destination_addr", 21, CommandStatus.RINVDSTADR)
_LONG_SOURCE = PeerAddress("source_addr", 65, CommandStatus.RINVSRCADR)
_LONG_DESTINATION = PeerAddress("destination_addr", 65, CommandStatus.RINVDSTADR)
_SCHEDULE = CString("schedule_delivery_time", 17, CommandStatus.RINVSCHED)
_VALIDITY = CString("validity_period", 17, CommandStatus.RINVEXPIRY)
_HOW = (  # the second half of what is submitted
    Octet("esm_class"),
    Octet("protocol_id"),
    Octet("priority_flag"),
    _SCHEDULE,
    _VALIDITY,
    Octet("registered_delivery"),
    Octet("replace_if_present_flag"),
    Octet("data_coding"),
    Octet("sm_default_msg_id"),
    ShortMessage(),
)


class ShortMessagePdu(Pdu, frozen=True):
    """§4.4.1, §4.6.1: what submit_sm and deliver_sm have in common, which is everything."""

    fields = (_SERVICE_TYPE, _SOURCE, _DESTINATION, *_HOW)

    service_type: bytes = b""
    source: Address = NOWHERE
    destination: Address = NOWHERE
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: bytes = b""
    validity_period: bytes = b""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


class SubmitSm(ShortMessagePdu, frozen=True):
    """§4.4.1."""

    command = Command.SUBMIT_SM


class DeliverSm(ShortMessagePdu, frozen=True):
    """§4.6.1: an inbound message, or a receipt."""

    command = Command.DELIVER_SM


class MessageIdResp(Pdu, frozen=True):
    """§4.4.2, §4.6.2, §4.7.2: an answer that is a message id."""

    fields = (_MESSAGE_ID,)

    message_id: bytes = b""


class SubmitSmResp(MessageIdResp, frozen=True):
    """§4.4.2."""

    command = Command.SUBMIT_SM_RESP


class DeliverSmResp(MessageIdResp, frozen=True):
    """§4.6.2: its message_id is unused, and missing from what some ESMEs send."""

    command = Command.DELIVER_SM_RESP


class DataSm(Pdu, frozen=True):
    """§4.7.1, in both directions; the content is in message_payload."""

    command = Command.DATA_SM
    fields = (
        _SERVICE_TYPE,
        _LONG_SOURCE,
        _LONG_DESTINATION,
        Octet("esm_class"),
        Octet("registered_delivery"),
        Octet("data_coding"),
    )

    service_type: bytes = b""
    source: Address = NOWHERE
    destination: Address = NOWHERE
    esm_class: int = 0
    registered_delivery: int = 0
    data_coding: int = 0


class DataSmResp(MessageIdResp, frozen=True):
    """§4.7.2."""

    command = Command.DATA_SM_RESP


class SubmitMulti(Pdu, frozen=True):
    """§4.5.1."""

    command = Command.SUBMIT_MULTI
    fields = (_SERVICE_TYPE, _SOURCE, Destinations(), *_HOW)

    service_type: bytes = b""
    source: Address = NOWHERE
    destinations: tuple[Destination, ...] = ()
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: bytes = b""
    validity_period: bytes = b""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


class SubmitMultiResp(Pdu, frozen=True):
    """§4.5.2."""

    command = Command.SUBMIT_MULTI_RESP
    fields = (_MESSAGE_ID, Unsuccessfuls())

    message_id: bytes = b""
    unsuccessful: tuple[Unsuccessful, ...] = ()


class QuerySm(Pdu, frozen=True):
    """§4.8.1."""

    command = Command.QUERY_SM
    fields = (_MESSAGE_ID, _SOURCE)

    message_id: bytes = b""
    source: Address = NOWHERE


class QuerySmResp(Pdu, frozen=True):
    """§4.8.2."""

    command = Command.QUERY_SM_RESP
    fields = (
        _MESSAGE_ID,
        CString("final_date", 17),
        Octet("message_state"),
        Octet("error_code"),
    )

    message_id: bytes = b""
    final_date: bytes = b""
    message_state: int = 0
    error_code: int = 0


class CancelSm(Pdu, frozen=True):
    """§4.9.1: one message by its id, or all of a service_type, source and destination."""

    command = Command.CANCEL_SM
    fields = (_SERVICE_TYPE, _MESSAGE_ID, _SOURCE, _DESTINATION)

    service_type: bytes = b""
    message_id: bytes = b""
    source: Address = NOWHERE
    destination: Address = NOWHERE


class CancelSmResp(Pdu, frozen=True):
    """§4.9.2."""

    command = Command.CANCEL_SM_RESP


class ReplaceSm(Pdu, frozen=True):
    """§4.10.1: another text for a message that is still queued; it stays in its data_coding."""

    command = Command.REPLACE_SM
    fields = (
        _MESSAGE_ID,
        _SOURCE,
        _SCHEDULE,
        _VALIDITY,
        Octet("registered_delivery"),
        Octet("sm_default_msg_id"),
        ShortMessage(),
    )

    message_id: bytes = b""
    source: Address = NOWHERE
    schedule_delivery_time: bytes = b""
    validity_period: bytes = b""
    registered_delivery: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


class ReplaceSmResp(Pdu, frozen=True):
    """§4.10.2."""

    command = Command.REPLACE_SM_RESP


class AlertNotification(Pdu, frozen=True):
    """§4.12.1: a subscriber can be reached again. It has no answer."""

    command = Command.ALERT_NOTIFICATION
    fields = (_LONG_SOURCE, PeerAddress("esme_addr", 65, CommandStatus.RINVDSTADR))

    source: Address = NOWHERE
    esme: Address = NOWHERE
