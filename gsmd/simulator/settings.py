"""Settings that commands set, and a reset puts back."""

from dataclasses import dataclass, field


@dataclass
class Cnmi:
    """``+CNMI`` (3GPP TS 27.005 §3.4.1): where what arrives is announced."""

    mode: int = 0
    mt: int = 0
    bm: int = 0
    ds: int = 0
    bfr: int = 0


@dataclass
class Settings:
    """The settings that are lost when a modem restarts."""

    # ITU-T V.250
    echo: int = 1
    verbose: int = 1
    quiet: int = 0
    carriage_return: int = 13  # S3
    line_feed: int = 10  # S4
    backspace: int = 8  # S5
    auto_answer: int = 0  # S0
    registers: dict[str, int] = field(default_factory=dict)  # S-registers without an effect here
    # 3GPP TS 27.007
    error_reports: int = 0  # +CMEE
    character_set: str = "IRA"  # +CSCS
    creg: int = 0
    cgreg: int = 0
    cereg: int = 0
    operator_format: int = 0  # +COPS=3,n
    calling_line: int = 0  # +CLIP
    extended_ring: int = 0  # +CRC
    ussd: int = 0  # +CUSD
    phonebook: str = "SM"  # +CPBS
    # 3GPP TS 27.005
    text_mode: int = 0  # +CMGF
    service: int = 0  # +CSMS
    cnmi: Cnmi = field(default_factory=Cnmi)
    show_text_header: int = 0  # +CSDH
    first_octet: int = 17  # +CSMP
    validity: int = 167
    protocol_id: int = 0
    data_coding: int = 0
    more_messages: int = 0  # +CMMS
    send_service: int = 1  # +CGSMS
    # vendors
    values: dict[str, str] = field(default_factory=dict)  # settings that are only remembered
