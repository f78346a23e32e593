"""A TPDU as the JSON object that ``gsmd pdu decode --json`` prints."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from gsmd import pdu as codec

_TYPES: dict[type[codec.Tpdu], str] = {
    codec.Deliver: "deliver",
    codec.Submit: "submit",
    codec.StatusReport: "status-report",
    codec.DeliverReport: "deliver-report",
    codec.SubmitReport: "submit-report",
    codec.Command: "command",
}

DECODERS = {name: kind.decode for kind, name in _TYPES.items()}
"""The function that reads each type of TPDU, by the type's name."""


def fields(tpdu: codec.Tpdu, service_centre: codec.Address | None) -> dict[str, Any]:
    """Every field by its name in the interface; None for what this type of TPDU has not."""
    dcs = getattr(tpdu, "dcs", None)
    return {
        "type": _TYPES[type(tpdu)],
        "smsc": str(service_centre) if service_centre and service_centre.number else None,
        "address": _address(tpdu),
        **_content(getattr(tpdu, "user_data", None)),
        "dcs": dcs.octet if dcs else None,
        "pid": getattr(tpdu, "protocol_id", None),
        "class": dcs.message_class if dcs else None,
        "timestamp": _time(getattr(tpdu, "service_centre_timestamp", None)),
        "message_reference": getattr(tpdu, "message_reference", None),
        "tp_status": getattr(tpdu, "tp_status", None),
        "discharge_time": _time(getattr(tpdu, "discharge_time", None)),
        "validity": _validity(getattr(tpdu, "validity", None)),
        "status_report_requested": _status_report_requested(tpdu),
        "more_messages": getattr(tpdu, "more_messages", None),
        "reply_path": getattr(tpdu, "reply_path", None),
        "indication": _indication(tpdu),
        **_meaning(tpdu),
    }


def failure(error: codec.PduError) -> dict[str, Any]:
    """The entries in place of the fields of a PDU that is none."""
    return {"error": error.message, "field": error.field, "offset": error.offset}


def _address(tpdu: codec.Tpdu) -> dict[str, str] | None:
    for name in ("originator", "destination", "recipient"):
        address: codec.Address | None = getattr(tpdu, name, None)
        if address is not None:
            return {
                "number": str(address),
                "type": address.type.label,
                "plan": address.plan.label,
            }
    return None


def _content(user_data: codec.UserData | None) -> dict[str, Any]:
    if user_data is None:
        names = ("text", "data", "alphabet", "concatenation", "ports", "national", "elements")
        return dict.fromkeys(names)
    tables, ports = user_data.national, user_data.ports
    national = {"locking": tables.locking, "single": tables.single}
    return {
        "text": user_data.text,
        "data": None if user_data.data is None else user_data.data.hex(),
        "alphabet": user_data.alphabet,
        "concatenation": plain(user_data.concatenation),
        "ports": {"destination": ports.destination, "source": ports.source} if ports else None,
        "national": national if any(national.values()) else None,
        "elements": [
            {"identifier": element.identifier, "name": element.name, "data": element.data.hex()}
            for element in user_data.header.elements
        ],
    }


def _time(timestamp: codec.Timestamp | None) -> str | None:
    moment = timestamp.datetime if timestamp else None
    return moment.isoformat() if moment else None


def _validity(validity: codec.Validity | None) -> dict[str, Any] | None:
    if validity is None:
        return None
    if validity.relative is not None:
        return {"relative": int(validity.relative.total_seconds())}
    if validity.absolute is not None:
        return {"absolute": validity.absolute.isoformat()}
    return None


def _status_report_requested(tpdu: codec.Tpdu) -> bool | None:
    if isinstance(tpdu, codec.Deliver):
        return tpdu.status_report_indication
    if isinstance(tpdu, codec.Submit | codec.Command):
        return tpdu.status_report_request
    return None


def _indication(tpdu: codec.Tpdu) -> Any:
    """The first one: a second can only stand in the header, and is among the elements."""
    if not isinstance(tpdu, codec.Deliver):
        return None
    indications = codec.indications_of(tpdu)
    return plain(indications[0]) if indications else None


def _meaning(tpdu: codec.Tpdu) -> dict[str, Any]:
    """The meaning of the fields, type by type."""
    if isinstance(tpdu, codec.Deliver):
        content = codec.kind_of(tpdu)
        detail = plain(content.detail)
        return {"kind": content.kind, "detail": detail, "replaces": content.replaces}
    if isinstance(tpdu, codec.StatusReport):
        return {"outcome": plain(codec.classify_status(tpdu.tp_status))}
    if isinstance(tpdu, codec.DeliverReport | codec.SubmitReport):
        return {"failure_cause": tpdu.failure_cause}
    if isinstance(tpdu, codec.Command):
        return {"command": tpdu.command, "message_number": tpdu.message_number}
    return {}


def plain(value: Any) -> Any:
    """A struct as JSON has it: octets as hex, periods as seconds, times as ISO 8601."""
    return _plain(msgspec.to_builtins(value, builtin_types=(bytes, datetime, timedelta)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value.isoformat() if isinstance(value, datetime) else value
