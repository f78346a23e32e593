"""The differences between families of modems. The families themselves are in `families`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gsmd.simulator.errors import CommandError, MobileError, PlainError

_STORAGES = (("SM", "ME", "MT"), ("SM", "ME", "MT"), ("SM", "ME", "MT"))


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One family. The defaults are a modem that does what the standards say."""

    name: str
    manufacturer: str
    model: str
    revision: str
    identity: tuple[str, ...] = ()  # ATI; empty: the three above
    capabilities: str = "+CGSM,+FCLASS,+DS"  # +GCAP

    # talking
    line_length: int = 1024
    prompt: bytes = b"\r\n> "
    unknown: str | None = None  # the words for an unknown command; None: as +CMEE wants it
    cms_always: bool = True  # +CMS ERROR with its code even under +CMEE=0
    baudrate: int = 115200

    # starting: seconds after power-on
    banner: tuple[tuple[float, str], ...] = ()
    ready: tuple[str, ...] = ()  # said when the SIM can be read
    boot_time: float = 0.2  # until it listens
    sim_time: float = 0.25  # until the SIM can be read
    register_time: float = 0.3  # until there is a network
    chatter: tuple[str, ...] = ("+CIEV: 2,3",)

    # storage
    storages: tuple[tuple[str, ...], ...] = _STORAGES  # for <mem1>, <mem2>, and mostly <mem3>
    nested_storages: bool = False  # +CPMS=? puts one more pair of brackets around them
    default_storage: str = "SM"
    me_slots: int = 20
    report_slots: int = 5
    index_base: int = 1
    alpha: Literal["empty", "quoted", "omitted"] = "empty"  # the <alpha> field of a listed PDU
    empty_list_fails: bool = False  # +CMGL of nothing: +CMS ERROR: 321
    empty_read_fails: bool = True  # +CMGR of an empty slot: +CMS ERROR: 321; else just OK
    empty_delete_fails: bool = False  # +CMGD of an empty slot: +CMS ERROR: 321
    full: tuple[str, ...] = ()  # what it says when the storage fills up

    # receiving
    cnmi: tuple[str, str, str, str, str] = ("0-3", "0-3", "0,2", "0-2", "0,1")  # as advertised
    cnmi_refused: tuple[tuple[int | None, ...], ...] = ()  # advertised all the same; None: any
    report_storage: str = "SM"  # where +CNMI ds=2 puts status reports
    report_announced: str = ""  # what +CDSI calls that storage, if something else
    notices_here: str = ""  # the command that has notices said on this port
    acknowledge_time: float = 15.0  # how long +CNMA may take

    acknowledged: bool = False  # +CNMA is wanted whatever +CSMS says
    lte: bool = False  # registered by +CEREG too

    packed_ussd: bool = False  # +CUSD strings are packed septets in hex, both ways

    # vendor commands: as written after AT → the lines before OK, with what `Facts` knows in braces
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()  # standard commands it does not have

    def knows(self, command: str) -> bool:
        """True if the family has the command at all."""
        return command not in self.missing

    def unknown_command(self) -> CommandError:
        """The error of a command that the family does not have."""
        return PlainError(self.unknown) if self.unknown else MobileError(4)


def numbers(text: str) -> frozenset[int]:
    """The numbers of an advertised set: ``0-3`` or ``0,2``."""
    values: set[int] = set()
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        values.update(range(int(first), int(last or first) + 1))
    return frozenset(values)
