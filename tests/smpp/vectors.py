"""Our own vectors: PDUs written by hand after SMPP 3.4 issue 1.2 and 5.0, field by field.

Blanks stand between fields; ``LENGTH`` is command_length, put in by `octets`. ``expected`` is what the
PDU must say.
"""

from typing import Any, NamedTuple

from gsmd.smpp import (
    Address,
    CommandStatus,
    Destination,
    Pdu,
    SmppError,
    Tag,
    Tlv,
    Unsuccessful,
    decode,
    pdus,
)

SOURCE = "00 01 31323334 00"  # TON unknown, NPI ISDN, "1234"
DESTINATION = "01 01 3333363132333435363738 00"  # TON international, "33612345678"
PHONE = Address(1, 1, b"33612345678")
SHORT_CODE = Address(0, 1, b"1234")
HOW = "00 00 00 00 00 00 00 00 00"  # esm_class … sm_default_msg_id: everything as usual


class Vector(NamedTuple):
    """One PDU. ``canonical``: encoding what it says gives these octets."""

    name: str
    written: str
    expected: Pdu
    canonical: bool = True


class Malformed(NamedTuple):
    """Octets that are no PDU: what the other side is told, which field it is, at which octet."""

    name: str
    written: str
    status: CommandStatus
    field: str
    offset: int


def octets(written: str) -> bytes:
    """The octets of a vector, with its length."""
    body = bytes.fromhex(written)
    return (4 + len(body)).to_bytes(4) + body


def read(given: bytes) -> Pdu | SmppError:
    """The PDU that these octets are, or the error."""
    try:
        return decode(given)
    except SmppError as error:
        return error


def request(command: int, body: str = "", *, sequence: int = 1) -> str:
    return f"{command:08X} 00000000 {sequence:08X} {body}"


def response(command: int, body: str = "", *, status: int = 0, sequence: int = 1) -> str:
    return f"{command | 0x80000000:08X} {status:08X} {sequence:08X} {body}"


def c(text: str) -> str:
    """A C-octet string."""
    return f"{text.encode('latin-1').hex()} 00"


def submit(how: str = HOW, message: str = "02 6869", tlvs: str = "") -> str:
    return request(0x04, f"00 {SOURCE} {DESTINATION} {how} {message} {tlvs}")


HI: dict[str, Any] = {"source": SHORT_CODE, "destination": PHONE, "short_message": b"hi"}
BIND: dict[str, Any] = {
    "system_id": b"crm",
    "password": b"secret",
    "system_type": b"VMA",
    "interface_version": 0x34,
    "address_range": Address(1, 1, b"^33"),
}
BIND_BODY = f"{c('crm')} {c('secret')} {c('VMA')} 34 01 01 {c('^33')}"
STAR_BODY = f"{c('a')} {c('')} {c('')} 00 00 00 {c('')}"

VECTORS = (
    Vector("generic_nack", response(0, status=3), pdus.GenericNack(1, 3)),
    Vector("bind_receiver", request(1, BIND_BODY), pdus.BindReceiver(1, **BIND)),
    Vector("bind_transmitter", request(2, BIND_BODY), pdus.BindTransmitter(1, **BIND)),
    Vector("bind_transceiver", request(9, BIND_BODY), pdus.BindTransceiver(1, **BIND)),
    Vector(
        "bind without anything but a name, version 0",
        request(9, STAR_BODY),
        pdus.BindTransceiver(1, system_id=b"a", interface_version=0),
    ),
    Vector(
        "bind with a password longer than the specification's 8",
        request(9, f"{c('a')} {c('p' * 64)} {c('')} 50 00 00 00"),
        pdus.BindTransceiver(1, system_id=b"a", password=b"p" * 64, interface_version=0x50),
    ),
    Vector(
        "bind_receiver_resp",
        response(1, c("gsmd") + "0210 0001 34"),
        pdus.BindReceiverResp(1, tlvs=(Tlv(Tag.SC_INTERFACE_VERSION, b"\x34"),), system_id=b"gsmd"),
    ),
    Vector(
        "bind_transmitter_resp without TLV",
        response(2, c("gsmd")),
        pdus.BindTransmitterResp(1, system_id=b"gsmd"),
    ),
    Vector(
        "bind_transceiver_resp that says an error, without a body",
        response(9, status=0x0D),
        pdus.BindTransceiverResp(1, 0x0D),
    ),
    Vector(
        "an error with a body all the same",
        response(9, c("gsmd"), status=0x0D),
        pdus.BindTransceiverResp(1, 0x0D, system_id=b"gsmd"),
    ),
    Vector(
        "an error with an empty body",
        response(4, "00", status=0x58),
        pdus.SubmitSmResp(1, 0x58),
        canonical=False,
    ),
    Vector(
        "outbind",
        request(0x0B, c("smsc") + c("pw")),
        pdus.Outbind(1, system_id=b"smsc", password=b"pw"),
    ),
    Vector("unbind", request(6), pdus.Unbind(1)),
    Vector("unbind_resp", response(6), pdus.UnbindResp(1)),
    Vector("enquire_link", request(0x15, sequence=0x7FFFFFFF), pdus.EnquireLink(0x7FFFFFFF)),
    Vector("enquire_link_resp", response(0x15), pdus.EnquireLinkResp(1)),
    Vector("submit_sm", submit(), pdus.SubmitSm(1, **HI)),
    Vector(
        "submit_sm with every field",
        request(
            0x04,
            f"{c('CMT')} {SOURCE} {DESTINATION} 43 7F 03 {c('260102030405006+')} "
            f"{c('000002000000000R')} 11 01 F5 07 07 050003FF020180",
        ),
        pdus.SubmitSm(
            1,
            service_type=b"CMT",
            source=SHORT_CODE,
            destination=PHONE,
            esm_class=0x43,
            protocol_id=0x7F,
            priority_flag=3,
            schedule_delivery_time=b"260102030405006+",
            validity_period=b"000002000000000R",
            registered_delivery=0x11,
            replace_if_present_flag=1,
            data_coding=0xF5,
            sm_default_msg_id=7,
            short_message=b"\x05\x00\x03\xff\x02\x01\x80",
        ),
    ),
    Vector(
        "submit_sm of the greatest length",
        submit(message="FE" + "41" * 254),
        pdus.SubmitSm(1, **{**HI, "short_message": b"A" * 254}),
    ),
    Vector(
        "submit_sm without a source or a text, with a payload",
        request(4, f"00 00 00 00 {DESTINATION} {HOW} 00 0424 0003 E282AC"),
        pdus.SubmitSm(1, tlvs=(Tlv(Tag.MESSAGE_PAYLOAD, b"\xe2\x82\xac"),), destination=PHONE),
    ),
    Vector(
        "submit_sm from a name in Latin-1",
        request(4, f"00 05 00 43616665E9 00 {DESTINATION} {HOW} 00"),
        pdus.SubmitSm(1, source=Address(5, 0, b"Cafe\xe9"), destination=PHONE),
    ),
    Vector(
        "submit_sm with values that are reserved",
        request(4, f"00 07 FF 31 00 FF 0C 32 00 {HOW} 00"),
        pdus.SubmitSm(1, source=Address(7, 255, b"1"), destination=Address(255, 12, b"2")),
    ),
    Vector(
        "submit_sm with odd flags",
        submit(how="FF FF FF 00 00 FF FF FF FF"),
        pdus.SubmitSm(
            1,
            **HI,
            esm_class=255,
            protocol_id=255,
            priority_flag=255,
            registered_delivery=255,
            replace_if_present_flag=255,
            data_coding=255,
            sm_default_msg_id=255,
        ),
    ),
    Vector(
        "submit_sm with a time that is none",
        submit(how=f"00 00 00 {c('soon')} {c('0')} 00 00 00 00"),
        pdus.SubmitSm(1, **HI, schedule_delivery_time=b"soon", validity_period=b"0"),
    ),
    Vector(
        "sar_* in any order",
        submit(tlvs="020F 0001 02 020C 0002 00FF 020E 0001 03"),
        pdus.SubmitSm(
            1,
            tlvs=(
                Tlv(Tag.SAR_SEGMENT_SEQNUM, b"\x02"),
                Tlv(Tag.SAR_MSG_REF_NUM, b"\x00\xff"),
                Tlv(Tag.SAR_TOTAL_SEGMENTS, b"\x03"),
            ),
            **HI,
        ),
    ),
    Vector(
        "TLVs of vendors, unknown ones, one twice, one without a value",
        submit(tlvs="1400 0002 CAFE 3FFF 0000 0204 0002 0001 0204 0002 0002 FFFF 0001 00"),
        pdus.SubmitSm(
            1,
            tlvs=(
                Tlv(0x1400, b"\xca\xfe"),
                Tlv(0x3FFF, b""),
                Tlv(0x0204, b"\x00\x01"),
                Tlv(0x0204, b"\x00\x02"),
                Tlv(0xFFFF, b"\x00"),
            ),
            **HI,
        ),
    ),
    Vector(
        "TLVs that have nothing to do there: receipt's in a submit_sm, any in an enquire_link",
        request(0x15, "0427 0001 02"),
        pdus.EnquireLink(1, tlvs=(Tlv(Tag.MESSAGE_STATE, b"\x02"),)),
    ),
    Vector(
        "submit_sm_resp", response(4, c("abcd2345")), pdus.SubmitSmResp(1, message_id=b"abcd2345")
    ),
    Vector(
        "submit_sm_resp of the greatest id",
        response(4, c("x" * 64)),
        pdus.SubmitSmResp(1, message_id=b"x" * 64),
    ),
    Vector(
        "submit_sm_resp of 5.0 with congestion_state",
        response(4, c("a") + "0428 0001 50"),
        pdus.SubmitSmResp(1, tlvs=(Tlv(Tag.CONGESTION_STATE, b"P"),), message_id=b"a"),
    ),
    Vector(
        "a status of a vendor",
        response(4, status=0x4FF),
        pdus.SubmitSmResp(1, 0x4FF),
    ),
    Vector(
        "deliver_sm that is a receipt",
        request(
            0x05,
            f"00 {DESTINATION} {SOURCE} 04 00 00 00 00 00 00 00 00 04 69643A61 "
            f"001E 0002 {c('a')} 0427 0001 02 0423 0003 030000",
        ),
        pdus.DeliverSm(
            1,
            tlvs=(
                Tlv(Tag.RECEIPTED_MESSAGE_ID, b"a\x00"),
                Tlv(Tag.MESSAGE_STATE, b"\x02"),
                Tlv(Tag.NETWORK_ERROR_CODE, b"\x03\x00\x00"),
            ),
            source=PHONE,
            destination=SHORT_CODE,
            esm_class=4,
            short_message=b"id:a",
        ),
    ),
    Vector("deliver_sm_resp", response(5, "00"), pdus.DeliverSmResp(1)),
    Vector(
        "deliver_sm_resp without its unused field",
        response(5),
        pdus.DeliverSmResp(1),
        canonical=False,
    ),
    Vector(
        "data_sm",
        request(0x103, f"00 {SOURCE} 01 01 {c('9' * 64)} 00 01 08 0424 0002 041F"),
        pdus.DataSm(
            1,
            tlvs=(Tlv(Tag.MESSAGE_PAYLOAD, b"\x04\x1f"),),
            source=SHORT_CODE,
            destination=Address(1, 1, b"9" * 64),
            registered_delivery=1,
            data_coding=8,
        ),
    ),
    Vector("data_sm_resp", response(0x103, c("a")), pdus.DataSmResp(1, message_id=b"a")),
    Vector(
        "submit_multi to two numbers and a list",
        request(
            0x21,
            f"00 {SOURCE} 03 01 {DESTINATION} 01 00 00 3131 00 02 {c('news')} {HOW} 02 6869",
        ),
        pdus.SubmitMulti(
            1,
            source=SHORT_CODE,
            destinations=(
                Destination(PHONE),
                Destination(Address(0, 0, b"11")),
                Destination(list_name=b"news"),
            ),
            short_message=b"hi",
        ),
    ),
    Vector(
        "submit_multi to nobody",
        request(0x21, f"00 {SOURCE} 00 {HOW} 00"),
        pdus.SubmitMulti(1, source=SHORT_CODE),
    ),
    Vector(
        "submit_multi_resp",
        response(0x21, f"{c('a')} 01 {DESTINATION} 0000000B"),
        pdus.SubmitMultiResp(1, message_id=b"a", unsuccessful=(Unsuccessful(PHONE, 0x0B),)),
    ),
    Vector(
        "submit_multi_resp without trouble",
        response(0x21, f"{c('a')} 00"),
        pdus.SubmitMultiResp(1, message_id=b"a"),
    ),
    Vector(
        "query_sm",
        request(3, f"{c('a')} {SOURCE}"),
        pdus.QuerySm(1, message_id=b"a", source=SHORT_CODE),
    ),
    Vector(
        "query_sm_resp",
        response(3, f"{c('a')} {c('260102030405000+')} 02 00"),
        pdus.QuerySmResp(1, message_id=b"a", final_date=b"260102030405000+", message_state=2),
    ),
    Vector(
        "query_sm_resp while it is under way",
        response(3, f"{c('a')} 00 01 00"),
        pdus.QuerySmResp(1, message_id=b"a", message_state=1),
    ),
    Vector(
        "cancel_sm by id",
        request(8, f"00 {c('a')} {SOURCE} 00 00 00"),
        pdus.CancelSm(1, message_id=b"a", source=SHORT_CODE),
    ),
    Vector(
        "cancel_sm of all to somebody",
        request(8, f"{c('CMT')} 00 {SOURCE} {DESTINATION}"),
        pdus.CancelSm(1, service_type=b"CMT", source=SHORT_CODE, destination=PHONE),
    ),
    Vector("cancel_sm_resp", response(8), pdus.CancelSmResp(1)),
    Vector(
        "replace_sm",
        request(7, f"{c('a')} {SOURCE} 00 {c('000001000000000R')} 01 00 03 6E6577"),
        pdus.ReplaceSm(
            1,
            message_id=b"a",
            source=SHORT_CODE,
            validity_period=b"000001000000000R",
            registered_delivery=1,
            short_message=b"new",
        ),
    ),
    Vector("replace_sm_resp", response(7), pdus.ReplaceSmResp(1)),
    Vector(
        "alert_notification",
        request(0x102, f"{DESTINATION} {SOURCE} 0422 0001 00"),
        pdus.AlertNotification(
            1,
            tlvs=(Tlv(Tag.MS_AVAILABILITY_STATUS, b"\x00"),),
            source=PHONE,
            esme=SHORT_CODE,
        ),
    ),
)

_TO = 16 + 1 + 7  # where the destination of `submit` begins
_HOW_AT = _TO + 14
S = CommandStatus

MALFORMED = (
    Malformed("nobody knows", request(0x111), S.RINVCMDID, "command_id", 4),
    Malformed("a response nobody knows", response(0x111), S.RINVCMDID, "command_id", 4),
    Malformed("no NUL to the end", request(9, "6162"), S.RINVCMDLEN, "system_id", 16),
    Malformed("a name too long", request(9, c("x" * 16)), S.RINVSYSID, "system_id", 16),
    Malformed("a password too long", request(9, c("a") + c("p" * 65)), S.RINVPASWD, "password", 18),
    Malformed("a service type too long", request(4, c("123456")), S.RINVSERTYP, "service_type", 16),
    Malformed(
        "a source too long", request(4, "00 0000" + c("1" * 21)), S.RINVSRCADR, "source_addr", 19
    ),
    Malformed(
        "a destination too long",
        request(4, f"00 {SOURCE} 0101 {c('1' * 21)}"),
        S.RINVDSTADR,
        "destination_addr",
        _TO + 2,
    ),
    Malformed(
        "nothing behind the source", request(4, f"00 {SOURCE}"), S.RINVCMDLEN, "dest_addr_ton", _TO
    ),
    Malformed("half an address", request(4, f"00 {SOURCE} 01"), S.RINVCMDLEN, "dest_addr_ton", _TO),
    Malformed(
        "a schedule too long",
        submit(how=f"00 00 00 {c('1' * 17)}", message=""),
        S.RINVSCHED,
        "schedule_delivery_time",
        _HOW_AT + 3,
    ),
    Malformed(
        "a validity too long",
        submit(how=f"00 00 00 00 {c('1' * 17)}", message=""),
        S.RINVEXPIRY,
        "validity_period",
        _HOW_AT + 4,
    ),
    Malformed(
        "a text that is not there",
        submit(message="03 6869"),
        S.RINVMSGLEN,
        "sm_length",
        _HOW_AT + 9,
    ),
    Malformed("no length of the text", submit(message=""), S.RINVCMDLEN, "sm_length", _HOW_AT + 9),
    Malformed("an octet too many", submit(tlvs="00"), S.RINVOPTPARSTREAM, "tlv", _HOW_AT + 12),
    Malformed(
        "a TLV that is not there",
        submit(tlvs="0424 0003 6869"),
        S.RINVPARLEN,
        "tlv.length",
        _HOW_AT + 14,
    ),
    Malformed(
        "a TLV without a length", submit(tlvs="0424 00"), S.RINVOPTPARSTREAM, "tlv", _HOW_AT + 12
    ),
    Malformed(
        "neither a number nor a list",
        request(0x21, f"00 {SOURCE} 01 03 00 00 00"),
        S.RINVDESTFLAG,
        "dest_flag",
        _TO + 1,
    ),
    Malformed(
        "fewer destinations than said",
        request(0x21, f"00 {SOURCE} 02 01 {DESTINATION}"),
        S.RINVCMDLEN,
        "number_of_dests",
        _TO,
    ),
    Malformed(
        "half an error",
        response(0x21, f"{c('a')} 01 {DESTINATION} 0000"),
        S.RINVCMDLEN,
        "no_unsuccess",
        18,
    ),
    Malformed("an id too long", request(3, c("i" * 65)), S.RINVMSGID, "message_id", 16),
    Malformed(
        "an id of a response too long", response(4, c("i" * 65)), S.RINVMSGID, "message_id", 16
    ),
)
