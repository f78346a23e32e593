"""command_id: the kinds of PDUs (SMPP 3.4 §5.1.2.1, SMPP 5.0 §4.7.5)."""

from enum import IntEnum

RESPONSE = 0x80000000
"""The bit that tells a response from its request."""


class Command(IntEnum):
    """The PDUs of 3.4, and of 5.0 what is not about broadcasting."""

    GENERIC_NACK = 0x80000000
    BIND_RECEIVER = 0x01
    BIND_RECEIVER_RESP = 0x80000001
    BIND_TRANSMITTER = 0x02
    BIND_TRANSMITTER_RESP = 0x80000002
    QUERY_SM = 0x03
    QUERY_SM_RESP = 0x80000003
    SUBMIT_SM = 0x04
    SUBMIT_SM_RESP = 0x80000004
    DELIVER_SM = 0x05
    DELIVER_SM_RESP = 0x80000005
    UNBIND = 0x06
    UNBIND_RESP = 0x80000006
    REPLACE_SM = 0x07
    REPLACE_SM_RESP = 0x80000007
    CANCEL_SM = 0x08
    CANCEL_SM_RESP = 0x80000008
    BIND_TRANSCEIVER = 0x09
    BIND_TRANSCEIVER_RESP = 0x80000009
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    ENQUIRE_LINK_RESP = 0x80000015
    SUBMIT_MULTI = 0x21
    SUBMIT_MULTI_RESP = 0x80000021
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103
    DATA_SM_RESP = 0x80000103

    def __str__(self) -> str:
        return self.name.lower()
