"""Simulated modems on this side, and how they are plugged into the machine on the other."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from machine import Failed, Machine


class Simulator:
    """``gsmd simulate`` with two modems, their ports in ``directory``. Use it as a context."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gsmd", "simulate", "--modems", "2", "--dir", self._directory],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 30
        while not self._control.exists():
            if time.monotonic() > until:
                raise Failed("the simulator does not start")
            time.sleep(0.1)
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait()

    def do(self, verb: str, **more: Any) -> dict[str, Any]:
        """One verb of the simulator's control socket. Errors: `Failed`."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self._control))
            control.sendall(json.dumps({"do": verb, **more}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(control.makefile().readline())
        if not answer.pop("ok"):
            raise Failed(f"{verb}: {answer['error']}")
        return answer

    @property
    def _control(self) -> Path:
        return self._directory / "control.sock"


class Adapter:
    """A serial adapter (FTDI, 0403:6001) with modem1 behind it, for a USB socket of the machine."""

    def __init__(self, machine: Machine, directory: Path) -> None:
        self._machine = machine
        self._port = directory / "modem1"

    def plug(self) -> None:
        """Into the first USB socket."""
        self._machine.monitor(
            "chardev-add",
            id="line",
            backend={"type": "serial", "data": {"device": str(self._port)}},
        )
        self._machine.monitor(
            "device_add", driver="usb-serial", id="adapter", chardev="line", bus="usb.0", port="1"
        )

    def unplug(self) -> None:
        self._machine.monitor("device_del", id="adapter")
        self._machine.monitor_soon("chardev-remove", id="line")  # once the guest has let go

    def occupy(self) -> None:
        """Another adapter, into the second socket: it takes the first ttyUSB number that is free."""
        self._machine.monitor("chardev-add", id="nobody", backend={"type": "null", "data": {}})
        self._machine.monitor(
            "device_add", driver="usb-serial", id="other", chardev="nobody", bus="usb.0", port="2"
        )


_DONGLE = r"""
set -e
modprobe -a dummy_hcd libcomposite usb_f_serial option
cd /sys/kernel/config/usb_gadget
mkdir -p dongle; cd dongle
echo 0x1e0e > idVendor; echo 0x9001 > idProduct
mkdir -p strings/0x409 configs/c.1
echo 0123456789ABCDEF > strings/0x409/serialnumber
echo SimTech > strings/0x409/manufacturer
echo SIM7100E > strings/0x409/product
for n in 0 1 2 3; do
    mkdir -p functions/gser.$n
    test -e configs/c.1/gser.$n || ln -s functions/gser.$n configs/c.1/
done
systemd-run --quiet --collect --unit=cable socat \
    GOPEN:/dev/virtio-ports/cable /dev/ttyGS2,raw,echo=0
ls /sys/class/udc | head -1 > UDC
"""

_NO_DONGLE = r"""
set -e
echo > /sys/kernel/config/usb_gadget/dongle/UDC
systemctl stop cable 2>/dev/null || true  # it ended with the hang-up
"""


class Dongle:
    """A SIMCom SIM7100E (1e0e:9001) with four ports, modem2 at the third, that the guest plays itself.

    Like many it says a serial number that all of its kind say.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def plug(self) -> None:
        self._machine.run(_DONGLE)

    def unplug(self) -> None:
        self._machine.run(_NO_DONGLE)
