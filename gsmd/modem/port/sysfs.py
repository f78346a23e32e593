"""The serial ports of this machine and the USB devices they belong to, as /dev and /sys tell it."""

import re
from pathlib import Path

import msgspec

from gsmd.patterns import pattern

_NAMES = pattern(r"tty(USB|ACM|AMA|XRUSB|HS|S)\d+|rfcomm\d+|wwan\d+at\d+")
_SPEED_NEEDED = pattern(r"ttyS\d+|ttyAMA\d+")


class SerialDevice(msgspec.Struct, frozen=True):
    """A port. ``usb`` is ``vendor:product`` in lower case, None for a port that is not on USB.

    ``by_id`` is the name that stays the same wherever it is plugged in.
    """

    path: str
    usb: str | None = None
    interface: int | None = None
    product: str | None = None
    by_id: str | None = None

    @property
    def built_in(self) -> bool:
        """A port of the board itself, where there may be anything or nothing."""
        return _SPEED_NEEDED.fullmatch(Path(self.path).name) is not None


def serial_devices(dev: Path = Path("/dev"), sys: Path = Path("/sys")) -> list[SerialDevice]:
    """Every serial port that there is, USB interfaces in order."""
    names = sorted(
        (entry.name for entry in _entries(dev) if _NAMES.fullmatch(entry.name)), key=_natural
    )
    by_id = _by_id(dev)
    return [_described(dev / name, sys, by_id.get(name)) for name in names]


def _described(path: Path, sys: Path, by_id: str | None) -> SerialDevice:
    vendor = interface = None
    place = (sys / "class" / "tty" / path.name / "device").resolve()
    for directory in (place, *place.parents):
        if interface is None:
            interface = _read(directory / "bInterfaceNumber")
        vendor = _read(directory / "idVendor")
        if vendor is not None:
            product_id = _read(directory / "idProduct")
            product = _read(directory / "product")
            number = int(interface, 16) if interface is not None else None
            return SerialDevice(str(path), f"{vendor}:{product_id}".lower(), number, product, by_id)
        if directory == sys:
            break
    return SerialDevice(str(path), by_id=by_id)


def _by_id(dev: Path) -> dict[str, str]:
    links = _entries(dev / "serial" / "by-id")
    return {link.resolve().name: str(link) for link in links}


def _entries(directory: Path) -> list[Path]:
    try:
        return sorted(directory.iterdir())
    except OSError:
        return []


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _natural(name: str) -> list[tuple[str, int]]:
    return [(text, int(digits or 0)) for text, digits in re.findall(r"(\D+)(\d*)", name)]


MODEM_MAKERS = frozenset(
    {
        *("12d1", "19d2", "1bbb", "1199", "2c7c", "1e0e", "1546", "1bc7", "1e2d", "0681"),
        *("0af0", "05c6", "1c9e", "07d1", "2001", "0421", "1410", "106c", "16d8"),
    }
)
"""USB vendors whose modems begin their life as a CD drive, or are modems."""

_MASS_STORAGE = "08"  # USB interface class


class UsbDevice(msgspec.Struct, frozen=True):
    """A USB device. ``classes`` are those of its interfaces, two hex digits each."""

    usb: str
    product: str | None
    classes: frozenset[str]

    @property
    def is_storage_only(self) -> bool:
        return self.classes == {_MASS_STORAGE}

    @property
    def is_modem_maker(self) -> bool:
        return self.usb.split(":")[0] in MODEM_MAKERS


def usb_devices(sys: Path = Path("/sys")) -> list[UsbDevice]:
    """Every USB device that there is."""
    found = []
    for device in _entries(sys / "bus" / "usb" / "devices"):
        vendor = _read(device / "idVendor")
        if vendor is None:
            continue
        classes = frozenset(
            code
            for interface in _entries(device)
            if (code := _read(interface / "bInterfaceClass")) is not None
        )
        usb = f"{vendor}:{_read(device / 'idProduct')}".lower()
        found.append(UsbDevice(usb, _read(device / "product"), classes))
    return found
