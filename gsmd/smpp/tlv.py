"""TLVs: the optional parameters behind the fields of a PDU (SMPP 3.4 §5.3, SMPP 5.0 §4.8).

Any TLV may stand in any PDU, in any order; one that is unknown, a vendor's, or has nothing to do there is
kept and passed over (SMPP 3.4 §3.3). The value of a known one is looked at only where somebody asks for it.
"""

from collections.abc import Iterable
from enum import IntEnum

import msgspec

from gsmd.smpp.errors import SmppError
from gsmd.smpp.status import CommandStatus


class Tag(IntEnum):
    """Tags of SMPP 3.4 (§5.3.2) and 5.0 (§4.8.4)."""

    DEST_ADDR_SUBUNIT = 0x0005
    DEST_NETWORK_TYPE = 0x0006
    DEST_BEARER_TYPE = 0x0007
    DEST_TELEMATICS_ID = 0x0008
    SOURCE_ADDR_SUBUNIT = 0x000D
    SOURCE_NETWORK_TYPE = 0x000E
    SOURCE_BEARER_TYPE = 0x000F
    SOURCE_TELEMATICS_ID = 0x0010
    QOS_TIME_TO_LIVE = 0x0017
    PAYLOAD_TYPE = 0x0019
    ADDITIONAL_STATUS_INFO_TEXT = 0x001D
    RECEIPTED_MESSAGE_ID = 0x001E
    MS_MSG_WAIT_FACILITIES = 0x0030
    PRIVACY_INDICATOR = 0x0201
    SOURCE_SUBADDRESS = 0x0202
    DEST_SUBADDRESS = 0x0203
    USER_MESSAGE_REFERENCE = 0x0204
    USER_RESPONSE_CODE = 0x0205
    SOURCE_PORT = 0x020A
    DESTINATION_PORT = 0x020B
    SAR_MSG_REF_NUM = 0x020C
    LANGUAGE_INDICATOR = 0x020D
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    SC_INTERFACE_VERSION = 0x0210
    CALLBACK_NUM_PRES_IND = 0x0302
    CALLBACK_NUM_ATAG = 0x0303
    NUMBER_OF_MESSAGES = 0x0304
    CALLBACK_NUM = 0x0381
    DPF_RESULT = 0x0420
    SET_DPF = 0x0421
    MS_AVAILABILITY_STATUS = 0x0422
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    DELIVERY_FAILURE_REASON = 0x0425
    MORE_MESSAGES_TO_SEND = 0x0426
    MESSAGE_STATE = 0x0427
    CONGESTION_STATE = 0x0428  # 5.0
    USSD_SERVICE_OP = 0x0501
    BILLING_IDENTIFICATION = 0x060B  # 5.0
    SOURCE_NETWORK_ID = 0x060D  # 5.0
    DEST_NETWORK_ID = 0x060E  # 5.0
    SOURCE_NODE_ID = 0x060F  # 5.0
    DEST_NODE_ID = 0x0610  # 5.0
    DEST_ADDR_NP_RESOLUTION = 0x0611  # 5.0
    DEST_ADDR_NP_INFORMATION = 0x0612  # 5.0
    DEST_ADDR_NP_COUNTRY = 0x0613  # 5.0
    DISPLAY_TIME = 0x1201
    SMS_SIGNAL = 0x1203
    MS_VALIDITY = 0x1204
    ALERT_ON_MESSAGE_DELIVERY = 0x130C
    ITS_REPLY_TYPE = 0x1380
    ITS_SESSION_INFO = 0x1383

    GSMD_KEY = 0x1401  # ours, of the range for vendors (§5.3.1): the ``key`` of messages.send

    def __str__(self) -> str:
        return self.name.lower()


class Tlv(msgspec.Struct, frozen=True, gc=False):
    """One TLV. ``tag`` is a plain integer, since anything may come."""

    tag: int
    value: bytes

    @classmethod
    def integer(cls, tag: Tag, value: int) -> "Tlv":
        """A TLV whose value is an integer of the width that its clause gives it."""
        return cls(tag, value.to_bytes(_WIDTHS[tag]))

    @classmethod
    def string(cls, tag: Tag, value: bytes) -> "Tlv":
        """A TLV whose value is a C-octet string: the NUL is added."""
        return cls(tag, value + b"\0")


# Octets of the integers, by clause of SMPP 3.4 §5.3.2, SMPP 5.0 §4.8.4.
_WIDTHS: dict[int, int] = {
    **dict.fromkeys(
        (
            Tag.DEST_ADDR_SUBUNIT,  # .1
            Tag.DEST_NETWORK_TYPE,  # .3
            Tag.DEST_BEARER_TYPE,  # .5
            Tag.SOURCE_ADDR_SUBUNIT,  # .2
            Tag.SOURCE_NETWORK_TYPE,  # .4
            Tag.SOURCE_BEARER_TYPE,  # .6
            Tag.SOURCE_TELEMATICS_ID,  # .8
            Tag.PAYLOAD_TYPE,  # .10
            Tag.MS_MSG_WAIT_FACILITIES,  # .13
            Tag.PRIVACY_INDICATOR,  # .14
            Tag.USER_RESPONSE_CODE,  # .18
            Tag.LANGUAGE_INDICATOR,  # .19
            Tag.SAR_TOTAL_SEGMENTS,  # .23
            Tag.SAR_SEGMENT_SEQNUM,  # .24
            Tag.SC_INTERFACE_VERSION,  # .25
            Tag.CALLBACK_NUM_PRES_IND,  # .37
            Tag.NUMBER_OF_MESSAGES,  # .39
            Tag.DPF_RESULT,  # .28
            Tag.SET_DPF,  # .29
            Tag.MS_AVAILABILITY_STATUS,  # .30
            Tag.DELIVERY_FAILURE_REASON,  # .33
            Tag.MORE_MESSAGES_TO_SEND,  # .34
            Tag.MESSAGE_STATE,  # .35
            Tag.CONGESTION_STATE,
            Tag.USSD_SERVICE_OP,  # .44
            Tag.DISPLAY_TIME,  # .26
            Tag.MS_VALIDITY,  # .27
            Tag.ITS_REPLY_TYPE,  # .42
        ),
        1,
    ),
    **dict.fromkeys(
        (
            Tag.DEST_TELEMATICS_ID,  # .7
            Tag.USER_MESSAGE_REFERENCE,  # .17
            Tag.SOURCE_PORT,  # .20
            Tag.DESTINATION_PORT,  # .21
            Tag.SAR_MSG_REF_NUM,  # .22
            Tag.SMS_SIGNAL,  # .40
        ),
        2,
    ),
    Tag.QOS_TIME_TO_LIVE: 4,  # .9
}


def find(tlvs: Iterable[Tlv], tag: Tag) -> bytes | None:
    """The value of the TLV with this tag, the last one where there are several; None without one."""
    found = None
    for tlv in tlvs:
        if tlv.tag == tag:
            found = tlv.value
    return found


def integer(tlvs: Iterable[Tlv], tag: Tag) -> int | None:
    """The integer in a TLV. Errors: `SmppError` (RINVPARLEN) where it is not as wide as it has to be."""
    value = find(tlvs, tag)
    if value is None:
        return None
    if len(value) != _WIDTHS[tag]:
        message = f"has {len(value)} octets, not {_WIDTHS[tag]}"
        raise SmppError(message, status=CommandStatus.RINVPARLEN, field=str(tag))
    return int.from_bytes(value)


def string(tlvs: Iterable[Tlv], tag: Tag) -> bytes | None:
    """The C-octet string in a TLV, up to its NUL; some leave the NUL out."""
    value = find(tlvs, tag)
    return None if value is None else value.split(b"\0", 1)[0]
