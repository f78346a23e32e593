"""Notices to systemd (sd_notify(3)), if it runs us."""

import os
import time

import sdnotify


class Systemd:
    """Each method is one message to systemd; without systemd it does nothing."""

    def __init__(self) -> None:
        # without the address the library would leave a socket open
        self._notifier = sdnotify.SystemdNotifier() if "NOTIFY_SOCKET" in os.environ else None

    def ready(self, status: str) -> None:
        """The socket listens, by the configuration that holds now."""
        self._notify("READY=1", f"STATUS={status}")

    def status(self, status: str) -> None:
        """One line for ``systemctl status``."""
        self._notify(f"STATUS={status}")

    def reloading(self) -> None:
        """The configuration is read again; `ready` follows in any case."""
        microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._notify("RELOADING=1", f"MONOTONIC_USEC={microseconds}")

    def stopping(self) -> None:
        """Tell that work under way is being finished, and nothing new begun."""
        self._notify("STOPPING=1", "STATUS=finishing what is under way")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._notify("WATCHDOG=1")

    def close(self) -> None:
        """Say nothing more."""
        if self._notifier is not None and self._notifier.socket is not None:
            self._notifier.socket.close()
        self._notifier = None

    def _notify(self, *lines: str) -> None:
        if self._notifier is not None:
            self._notifier.notify("\n".join(lines))


def watchdog_interval() -> float | None:
    """Seconds between signs of life: half of what systemd allows, if it asks us for them."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    meant = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(microseconds) / 2_000_000 if meant and microseconds.isdigit() else None
