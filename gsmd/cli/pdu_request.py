"""The request of ``gsmd pdu encode``, as options or as a line of JSON."""

from datetime import timedelta
from typing import Any, Literal

import msgspec

from gsmd import pdu as codec

IDLE = (
    ("port", False, ("source_port",)),
    ("flash", True, ("message_class",)),
    ("data", True, ("national", "smart")),
)
"""Options without effect beside others: which option decides, whether it is given, and which ones have none then."""


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of the command, by their names. ``validity`` is in seconds, or like ``24h``."""

    to: str
    text: str | None = None
    data: str | None = None
    reference: int = 0
    width: Literal[8, 16] = 8
    validity: float | str | None = None
    report: bool = False
    flash: bool = False
    message_class: int | None = msgspec.field(default=None, name="class")
    port: int | None = None
    source_port: int = 0
    national: Literal["auto", "off"] = "auto"
    smart: bool = False
    pid: int = 0
    reply_path: bool = False
    reject_duplicates: bool = False
    smsc: str | None = None

    @classmethod
    def from_json(cls, line: str) -> "Request":
        """A request from its JSON object. Errors: `PduError` (field ``request``)."""
        try:
            request = msgspec.json.decode(line, type=cls)
        except msgspec.DecodeError as error:
            raise codec.PduError(str(error), "request") from None
        request._refuse_idle()  # noqa: SLF001 -- its own class
        return request

    def _refuse_idle(self) -> None:
        given = {
            field.name: field.encode_name
            for field in msgspec.structs.fields(self)
            if getattr(self, field.name) != field.default
        }
        for decisive, present, idle in IDLE:
            for name in idle:
                if (decisive in given) is present and name in given:
                    beside = f"{'with' if present else 'without'} {decisive}"
                    raise codec.PduError(f"it would have no effect {beside}", given[name])

    def encode(self) -> list[dict[str, Any]]:
        """One object a part. Errors: `PduError`."""
        service_centre = None if self.smsc is None else _service_centre(self.smsc)
        submits = codec.compose(
            self.text,
            self.to,
            data=None if self.data is None else _octets(self.data),
            reference=self.reference,
            width=self.width,
            validity=None if self.validity is None else _period(self.validity),
            status_report_request=self.report,
            message_class=0 if self.flash else self.message_class,
            ports=None if self.port is None else codec.Ports(self.port, self.source_port),
            national=self.national,
            smart=self.smart,
            protocol_id=self.pid,
            reply_path=self.reply_path,
            reject_duplicates=self.reject_duplicates,
        )
        frames = [codec.Frame(service_centre, submit.encode()) for submit in submits]
        return [
            {"pdu": frame.hex(), "length": frame.length, "sequence": at, "total": len(frames)}
            | self._replaced()
            for at, frame in enumerate(frames, start=1)
        ]

    def _replaced(self) -> dict[str, Any]:
        """The characters that ``smart`` replaced, where it was asked for."""
        if not self.smart or self.text is None:
            return {}
        return {"replaced": codec.preview(self.text, national=self.national, smart=True).replaced}


def _period(validity: float | str) -> timedelta:
    from gsmd.config import parse_duration

    try:
        return timedelta(seconds=parse_duration(validity))
    except ValueError as error:
        raise codec.PduError(f"{validity!r} is no {error}", "validity") from None


def _octets(data: str) -> bytes:
    try:
        return codec.from_hex(data)
    except codec.PduError as error:
        raise codec.PduError(error.message, "data") from None


def _service_centre(text: str) -> codec.Address:
    try:
        address = codec.Address.parse(text)
    except codec.PduError as error:
        raise codec.PduError(error.message, "smsc") from None
    if address.is_name:
        raise codec.PduError("a service centre has a number", "smsc")
    return address
