"""The meaning of the numbers behind ``+CMS ERROR:`` and ``+CME ERROR:``, and what to do about them.

CMS: 3GPP TS 27.005 §3.2.5; below 128 the network's RP cause (3GPP TS 24.011 §8.2.5.4), from
128 to 255 the TP-FCS of the service centre (3GPP TS 23.040 §9.2.3.22), from 512 vendors' own.
CME: 3GPP TS 27.007 §9.2.
"""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """The reaction that an error asks for."""

    PERMANENT = "permanent"  # this message, or this configuration, will never work
    TRANSIENT = "transient"  # the network's trouble: again later
    MODEM = "modem"  # the modem's or the SIM's trouble: mend it, the message waits
    UNCERTAIN = "uncertain"  # whether it went out cannot be known
    UNKNOWN = "unknown"  # it does not say whose trouble it is: what others experience tells


class Code(NamedTuple):
    """The meaning of one number."""

    text: str
    severity: Severity


_P, _T, _M, _U = Severity.PERMANENT, Severity.TRANSIENT, Severity.MODEM, Severity.UNCERTAIN
_X = Severity.UNKNOWN

CMS: dict[int, Code] = {
    1: Code("unassigned number", _P),
    8: Code("operator determined barring", _P),
    10: Code("call barred", _P),
    17: Code("network failure", _T),
    21: Code("short message transfer rejected", _P),
    22: Code("memory capacity exceeded", _T),
    27: Code("destination out of service", _T),
    28: Code("unidentified subscriber", _P),
    29: Code("facility rejected", _P),
    30: Code("unknown subscriber", _P),
    38: Code("network out of order", _T),
    41: Code("temporary failure", _T),
    42: Code("congestion", _T),
    47: Code("resources unavailable", _T),
    50: Code("requested facility not subscribed", _P),
    69: Code("requested facility not implemented", _P),
    81: Code("invalid short message transfer reference", _P),
    95: Code("invalid message", _P),
    96: Code("invalid mandatory information", _P),
    97: Code("message type not implemented", _P),
    98: Code("message not compatible with the protocol state", _P),
    99: Code("information element not implemented", _P),
    111: Code("protocol error", _P),
    127: Code("interworking failure", _P),
    128: Code("telematic interworking not supported", _P),
    129: Code("short message type 0 not supported", _P),
    130: Code("short message cannot be replaced", _P),
    143: Code("unspecified protocol identifier error", _P),
    144: Code("data coding scheme not supported", _P),
    145: Code("message class not supported", _P),
    159: Code("unspecified data coding scheme error", _P),
    160: Code("command cannot be carried out", _P),
    161: Code("command unsupported", _P),
    175: Code("unspecified command error", _P),
    176: Code("PDU not supported", _P),
    192: Code("service centre busy", _T),
    193: Code("no service centre subscription", _P),
    194: Code("service centre system failure", _T),
    195: Code("invalid service centre address", _P),
    196: Code("destination barred", _P),
    197: Code("duplicate message rejected", _P),
    198: Code("validity period format not supported", _P),
    199: Code("validity period not supported", _P),
    208: Code("SIM storage full", _M),
    209: Code("no SMS storage on the SIM", _M),
    210: Code("error in the modem", _M),
    211: Code("memory capacity exceeded", _M),
    212: Code("SIM toolkit busy", _T),
    213: Code("SIM data download error", _M),
    255: Code("unspecified error", _X),
    300: Code("modem failure", _M),
    301: Code("SMS service of the modem reserved", _M),
    302: Code("operation not allowed", _M),
    303: Code("operation not supported", _P),
    304: Code("invalid PDU parameter", _P),
    305: Code("invalid text parameter", _P),
    310: Code("SIM not inserted", _M),
    311: Code("SIM PIN needed", _M),
    312: Code("phone-to-SIM PIN needed", _M),
    313: Code("SIM failure", _M),
    314: Code("SIM busy", _M),
    315: Code("wrong SIM", _M),
    316: Code("SIM PUK needed", _M),
    317: Code("SIM PIN2 needed", _M),
    318: Code("SIM PUK2 needed", _M),
    320: Code("memory failure", _M),
    321: Code("invalid memory index", _M),
    322: Code("memory full", _M),
    330: Code("service centre address unknown", _P),
    331: Code("no network service", _T),
    332: Code("network time-out", _U),
    340: Code("no acknowledgement expected", _M),
    500: Code("unknown error", _X),
    512: Code("the modem could not send", _T),
    513: Code("the modem is not ready", _M),
    514: Code("the modem is not ready", _M),
    515: Code("the modem is initialising", _M),
}
"""By number; `cms` knows what the gaps mean."""

CME: dict[int, Code] = {
    0: Code("modem failure", _M),
    1: Code("no connection to the phone", _M),
    2: Code("phone adaptor link reserved", _M),
    3: Code("operation not allowed", _M),
    4: Code("operation not supported", _P),
    5: Code("phone-to-SIM PIN needed", _M),
    6: Code("phone-to-first-SIM PIN needed", _M),
    7: Code("phone-to-first-SIM PUK needed", _M),
    10: Code("SIM not inserted", _M),
    11: Code("SIM PIN needed", _M),
    12: Code("SIM PUK needed", _M),
    13: Code("SIM failure", _M),
    14: Code("SIM busy", _M),
    15: Code("SIM wrong", _M),
    16: Code("incorrect password", _M),
    17: Code("SIM PIN2 needed", _M),
    18: Code("SIM PUK2 needed", _M),
    20: Code("memory full", _M),
    21: Code("invalid index", _M),
    22: Code("not found", _M),
    23: Code("memory failure", _M),
    24: Code("text string too long", _P),
    25: Code("invalid characters in text string", _P),
    26: Code("dial string too long", _P),
    27: Code("invalid characters in dial string", _P),
    30: Code("no network service", _T),
    31: Code("network time-out", _U),
    32: Code("network not allowed, emergency calls only", _T),
    40: Code("network personalisation PIN needed", _M),
    41: Code("network personalisation PUK needed", _M),
    42: Code("network subset personalisation PIN needed", _M),
    43: Code("network subset personalisation PUK needed", _M),
    44: Code("service provider personalisation PIN needed", _M),
    45: Code("service provider personalisation PUK needed", _M),
    46: Code("corporate personalisation PIN needed", _M),
    47: Code("corporate personalisation PUK needed", _M),
    50: Code("incorrect parameters", _P),
    100: Code("unknown error", _X),
    103: Code("illegal mobile station", _P),
    106: Code("illegal equipment", _P),
    107: Code("GPRS services not allowed", _P),
    111: Code("network not allowed", _P),
    112: Code("location area not allowed", _P),
    113: Code("roaming not allowed in this area", _P),
    132: Code("service option not supported", _P),
    133: Code("requested service option not subscribed", _P),
    134: Code("service option temporarily out of order", _T),
    148: Code("unspecified GPRS error", _T),
    149: Code("PDP authentication failure", _T),
    150: Code("invalid mobile class", _P),
}
"""By number; `cme` knows what the gaps mean."""


_UNDESCRIBED = Code("error without a description", _X)


def cms(number: int) -> Code:
    """The meaning of ``+CMS ERROR: <number>``; what nobody has described says nothing."""
    known = CMS.get(number)
    if known is not None:
        return known
    if 160 <= number <= 191 or 128 <= number <= 159:
        return Code("protocol error at the service centre", _P)
    if 224 <= number <= 255:
        return Code("error of the SMS application", _T)
    return _UNDESCRIBED


def cme(number: int) -> Code:
    """The meaning of ``+CME ERROR: <number>``; what nobody has described says nothing."""
    return CME.get(number, _UNDESCRIBED)
