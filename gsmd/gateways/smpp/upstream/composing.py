"""A message that is to be carried → the submit_sm that carry it to an SMSC.

Theory of operation. A text is written in what the provider takes data_coding 0 for, if that can write it, else in UTF-16. What
fits one SMS is one submit_sm. What does not, goes as the provider wants it: parts with a user data header, parts with
``sar_*``, or whole in ``message_payload``. Parts are cut as a modem would cut them, so that the SMSC has nothing to cut.
"""

from collections.abc import Iterator
from datetime import timedelta

from gsmd.config.smpp import SmppProvider
from gsmd.gateways.smpp.content import coded, cut
from gsmd.pdu.coding import Room
from gsmd.pdu.elements import ElementType
from gsmd.protocol.carriers import Submission
from gsmd.smpp import Address, DefaultAlphabet, Tag, Tlv, coding, esm_class, pdus, times

_HIGHEST_PRIORITY = 3  # of GSM (SMPP 3.4 §5.2.14)
_PRIORITY_STEP = 25


def compose(
    message: Submission, settings: SmppProvider, reference: int
) -> tuple[pdus.SubmitSm, ...]:
    """The PDUs, in order; ``reference`` is that of their parts. Errors: `PduError` for what no number of parts holds."""
    octets, data_coding = coded(message.text, message.data, DefaultAlphabet(settings.alphabet))
    if message.class_ == 0 and data_coding in (coding.DEFAULT_CODING, coding.UCS2_CODING):
        data_coding |= coding.FLASH_CODING
    elements = _elements(message)
    bodies = cut(message.text, octets, data_coding, Room(elements=len(elements)))
    whole = pdus.SubmitSm(
        source=Address.of(settings.source) if settings.source else Address(),
        destination=Address.of(message.to),
        esm_class=esm_class.UDHI if elements else 0,
        protocol_id=message.protocol_id,
        priority_flag=min(message.priority // _PRIORITY_STEP, _HIGHEST_PRIORITY),
        validity_period=times.relative(timedelta(seconds=max(message.validity, 60))),
        registered_delivery=1 if message.report else 0,
        data_coding=data_coding,
    )
    header = _header(elements)
    if len(bodies) <= 1:
        return (_with(whole, header + b"".join(bodies)),)
    if settings.long == "payload":
        payload = Tlv(Tag.MESSAGE_PAYLOAD, header + octets)
        return (_with(whole, b"", tlvs=(payload,)),)
    if settings.long == "sar":
        return tuple(_in_sar(whole, header, bodies, reference))
    return tuple(_in_headers(whole, elements, bodies, reference))


def _in_headers(
    whole: pdus.SubmitSm, elements: bytes, bodies: list[bytes], reference: int
) -> Iterator[pdus.SubmitSm]:
    """3GPP TS 23.040 §9.2.3.24.1."""
    for sequence, body in enumerate(bodies, 1):
        place = (ElementType.CONCATENATION_8, 3, reference & 0xFF, len(bodies), sequence)
        yield _with(whole, _header(bytes(place) + elements) + body, flags=esm_class.UDHI)


def _in_sar(
    whole: pdus.SubmitSm, header: bytes, bodies: list[bytes], reference: int
) -> Iterator[pdus.SubmitSm]:
    """SMPP 3.4 §5.3.2.22 to .24."""
    for sequence, body in enumerate(bodies, 1):
        place = (
            Tlv.integer(Tag.SAR_MSG_REF_NUM, reference & 0xFFFF),
            Tlv.integer(Tag.SAR_TOTAL_SEGMENTS, len(bodies)),
            Tlv.integer(Tag.SAR_SEGMENT_SEQNUM, sequence),
        )
        yield _with(whole, header + body, tlvs=place)


def _with(
    whole: pdus.SubmitSm, short_message: bytes, tlvs: tuple[Tlv, ...] = (), flags: int = 0
) -> pdus.SubmitSm:
    from msgspec.structs import replace

    return replace(whole, short_message=short_message, tlvs=tlvs, esm_class=whole.esm_class | flags)


def _header(elements: bytes) -> bytes:
    return bytes((len(elements),)) + elements if elements else b""


def _elements(message: Submission) -> bytes:
    """Further elements as they were given, and application ports."""
    elements = bytes.fromhex(message.udh) if message.udh else b""
    if (ports := message.ports) is not None:
        elements += bytes((ElementType.PORTS_16, 4))
        elements += ports.destination.to_bytes(2) + ports.source.to_bytes(2)
    return elements
