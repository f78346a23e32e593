"""A machine's /dev and /sys as files, with the ports a test wants."""

from pathlib import Path


class Machine:
    """Directories that look like /dev and /sys."""

    def __init__(self, root: Path) -> None:
        self.dev = root / "dev"
        self.sys = root / "sys"
        self.dev.mkdir()
        (self.sys / "class" / "tty").mkdir(parents=True)
        (self.sys / "bus" / "usb" / "devices").mkdir(parents=True)

    def usb(self, name: str, usb: str, product: str, classes: tuple[str, ...]) -> Path:
        """A USB device with an interface for each class; returns its directory."""
        device = self.sys / "bus" / "usb" / "devices" / name
        device.mkdir()
        vendor, product_id = usb.split(":")
        (device / "idVendor").write_text(f"{vendor}\n")
        (device / "idProduct").write_text(f"{product_id}\n")
        (device / "product").write_text(f"{product}\n")
        for number, kind in enumerate(classes):
            interface = device / f"{name}:1.{number}"
            interface.mkdir()
            (interface / "bInterfaceNumber").write_text(f"{number:02x}\n")
            (interface / "bInterfaceClass").write_text(f"{kind}\n")
        return device

    def port(self, name: str, interface: Path | None = None, target: str | None = None) -> Path:
        """A serial port, of a USB interface if one is given; ``target`` is a pty to point at."""
        path = self.dev / name
        if target is None:
            path.write_text("")
        else:
            path.symlink_to(target)
        entry = self.sys / "class" / "tty" / name
        entry.mkdir()
        if interface is not None:
            (entry / "device").symlink_to(interface)
        return path

    def by_id(self, link: str, port: str) -> Path:
        """A stable name for a port."""
        directory = self.dev / "serial" / "by-id"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / link).symlink_to(self.dev / port)
        return directory / link
