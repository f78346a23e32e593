"""The PDUs of SMPP 3.4 §4, and of 5.0 what is not about broadcasting: one struct each, in the order of the wire."""

from gsmd.smpp.commands import RESPONSE
from gsmd.smpp.message_pdus import (
    AlertNotification,
    CancelSm,
    CancelSmResp,
    DataSm,
    DataSmResp,
    DeliverSm,
    DeliverSmResp,
    MessageIdResp,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    ReplaceSmResp,
    ShortMessagePdu,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
)
from gsmd.smpp.session_pdus import (
    Bind,
    BindReceiver,
    BindReceiverResp,
    BindResp,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    BindTransmitterResp,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    Outbind,
    Pdu,
    Unbind,
    UnbindResp,
)

__all__ = [
    "PDUS",
    "AlertNotification",
    "Bind",
    "BindReceiver",
    "BindReceiverResp",
    "BindResp",
    "BindTransceiver",
    "BindTransceiverResp",
    "BindTransmitter",
    "BindTransmitterResp",
    "CancelSm",
    "CancelSmResp",
    "DataSm",
    "DataSmResp",
    "DeliverSm",
    "DeliverSmResp",
    "EnquireLink",
    "EnquireLinkResp",
    "GenericNack",
    "MessageIdResp",
    "Outbind",
    "Pdu",
    "QuerySm",
    "QuerySmResp",
    "ReplaceSm",
    "ReplaceSmResp",
    "ShortMessagePdu",
    "SubmitMulti",
    "SubmitMultiResp",
    "SubmitSm",
    "SubmitSmResp",
    "Unbind",
    "UnbindResp",
    "response_to",
]

PDUS: dict[int, type[Pdu]] = {
    int(kind.command): kind
    for kind in (
        GenericNack,
        *(BindTransmitter, BindTransmitterResp, BindReceiver, BindReceiverResp),
        *(BindTransceiver, BindTransceiverResp, Outbind, Unbind, UnbindResp),
        *(EnquireLink, EnquireLinkResp, SubmitSm, SubmitSmResp, DeliverSm, DeliverSmResp),
        *(DataSm, DataSmResp, SubmitMulti, SubmitMultiResp, QuerySm, QuerySmResp),
        *(CancelSm, CancelSmResp, ReplaceSm, ReplaceSmResp, AlertNotification),
    )
}
"""The struct of each command_id."""


def response_to(command: int) -> type[Pdu]:
    """The kind of PDU that answers a request; generic_nack where it has no answer of its own."""
    return PDUS.get(command | RESPONSE, GenericNack)
