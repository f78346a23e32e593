"""What a submitted PDU asks for, as the parameters of `messages.send`; and under which key, so that asking twice sends once."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from gsmd.gateways.smpp.accounts import Account
from gsmd.gateways.smpp.content import Piece, content_of, piece_of
from gsmd.gateways.smpp.numbers import SimNumbers
from gsmd.gateways.smpp.refusal import Refusal
from gsmd.smpp import Address, CommandStatus, SmppError, Tag, encode, esm_class, pdus, times, tlv

S = CommandStatus
Submit = pdus.SubmitSm | pdus.SubmitMulti | pdus.DataSm

_LONGEST_VALIDITY = timedelta(weeks=63)
_PRIORITIES = {0: 0, 1: 25, 2: 50, 3: 75, 4: 100}
_FIRST_SUBUNIT = 1  # dest_addr_subunit: the phone's display (SMPP 3.4 §5.3.2.1)


class Parameters:
    """Reads submitted PDUs. Errors of its methods: `SmppError`, `Refusal`."""

    def __init__(self, sims: SimNumbers, now: Callable[[], datetime]) -> None:
        self._sims = sims
        self._now = now
        self._life = secrets.token_hex(8)
        self._numbers = count(1)

    def piece(self, pdu: Submit) -> Piece:
        """The content of a PDU."""
        payload = tlv.find(pdu.tlvs, Tag.MESSAGE_PAYLOAD)
        octets = b"" if isinstance(pdu, pdus.DataSm) else pdu.short_message
        if octets and payload:
            raise Refusal(S.RINVMSGLEN, "both short_message and message_payload")
        return piece_of(octets or payload or b"", pdu.data_coding, pdu.esm_class)

    def of(self, account: Account, pdu: Submit, pieces: Sequence[Piece]) -> dict[str, Any]:
        """Everything of `messages.send` but to whom and under which key."""
        receipt = bool(esm_class.wanted(pdu.registered_delivery))
        params: dict[str, Any] = {
            "handler": account.name,
            "tag": account.name,
            "report": receipt,
            **content_of(pieces, account.alphabet),
        }
        if receipt:
            params["receipt"] = True
        if pdu.service_type == b"USSD":
            raise Refusal(S.RINVSERTYP, "there is no USSD here")
        if (modem := self._modem(account, pdu.source)) is not None:
            params["modem"] = modem
        if tlv.integer(pdu.tlvs, Tag.DEST_ADDR_SUBUNIT) == _FIRST_SUBUNIT:
            params["flash"] = True
        destination_port = tlv.integer(pdu.tlvs, Tag.DESTINATION_PORT)
        source_port = tlv.integer(pdu.tlvs, Tag.SOURCE_PORT)
        if destination_port is not None and "ports" not in params:
            params["ports"] = {"destination": destination_port, "source": source_port or 0}
        if not isinstance(pdu, pdus.DataSm):
            params |= self._when(pdu)
            if pdu.sm_default_msg_id:
                raise Refusal(S.RINVDFTMSGID, "there are no predefined messages")
            if pdu.protocol_id:
                params["protocol_id"] = pdu.protocol_id
            params["priority"] = _PRIORITIES.get(pdu.priority_flag, 100)
        elif (seconds := tlv.integer(pdu.tlvs, Tag.QOS_TIME_TO_LIVE)) is not None:
            params |= _validity(timedelta(seconds=seconds))
        return params

    def _modem(self, account: Account, source: Address) -> str | None:
        """The modem for a source address. Errors: `Refusal` (RINVSRCADR), if the account is strict."""
        found = self._sims.modem_of(source.number) if source else None
        if source and found is None and account.settings.source == "modem":
            raise Refusal(S.RINVSRCADR, "it is the number of no modem")
        return found or account.settings.modem

    def _when(self, pdu: pdus.SubmitSm | pdus.SubmitMulti) -> dict[str, Any]:
        if not (pdu.schedule_delivery_time or pdu.validity_period):
            return {}
        now = self._now()
        schedule = times.parse(
            pdu.schedule_delivery_time, now, status=S.RINVSCHED, field="schedule_delivery_time"
        )
        expiry = times.parse(pdu.validity_period, now, status=S.RINVEXPIRY, field="validity_period")
        found: dict[str, Any] = {}
        if schedule is not None and schedule > now:
            found["not_before"] = schedule.isoformat()
        if expiry is not None:
            begin = max(now, schedule) if schedule is not None else now
            found |= _validity(expiry - begin)
        return found

    def key(self, account: Account, pdu: Submit, to: str) -> str:
        """The ESME's own key, one from its reference if the account says so, else one that is ours alone."""
        given = tlv.string(pdu.tlvs, Tag.GSMD_KEY)
        if given:
            return f"smpp {account.name} key {given.decode('latin-1')}"
        reference = reference_of(pdu)
        if account.settings.key is not None and reference is not None:
            content = hashlib.sha256(encode(pdu)[16:]).hexdigest()[:16]
            day = self._now().date().isoformat()
            return f"smpp {account.name} {reference} {to} {day} {content}"
        return f"smpp {self._life} {next(self._numbers)}"


def number_of(destination: Address) -> str:
    """The number that a message is for. Errors: `Refusal` (RINVDSTADR) for none."""
    number = destination.number
    if not number:
        raise Refusal(S.RINVDSTADR, "no destination")
    return number


def _validity(span: timedelta) -> dict[str, Any]:
    if not timedelta(0) < span <= _LONGEST_VALIDITY:
        raise Refusal(S.RINVEXPIRY, "it is over already, or more than 63 weeks away")
    return {"validity": span.total_seconds()}


def reference_of(pdu: Submit) -> int | None:
    """The user_message_reference, None without one that can be read."""
    try:
        return tlv.integer(pdu.tlvs, Tag.USER_MESSAGE_REFERENCE)
    except SmppError:
        return None
