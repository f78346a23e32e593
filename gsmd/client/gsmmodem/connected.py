"""The facade's life: which modem, when it can be used, and raw commands to it.

Names and signatures are python-gsmmodem's.
"""
# ruff: noqa: N802, N803 -- as said

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from gsmmodem.exceptions import InvalidStateException, TimeoutException

from gsmd.client import Client, Event, ModemStatus, errors
from gsmd.client.gsmmodem import names, outcome
from gsmd.client.gsmmodem.watcher import Watcher

_UNSETTLED = frozenset({"absent", "opening", "identifying", "recovering", "sim-busy"})

_BRING_UP = 10.0
"""Seconds that a modem gets to say who it is."""

_LOOK_AGAIN = 1.0
"""Seconds between looks at what changes without an event: the signal strength."""

Callback = Callable[[Any], Any]


class Connected:
    """A modem of the daemon, by its name or its device."""

    def __init__(self, port: str | None, socket: str | None) -> None:
        self.port = port
        self.alive = False
        self._socket = socket or names.socket_in(port)
        self._name: str | None = None
        self._may_read = True
        self._client: Client
        self._watcher: Watcher

    def connect(self, pin: str | None = None, waitingForModemToStartInSeconds: float = 0) -> None:
        """Find the modem and wait until it can be used.

        Errors: PinRequiredError, IncorrectPinError, PukRequiredError, CmeError;
        GsmModemException if there is no daemon or no such modem.
        """
        self._client = Client(self._socket)
        try:
            with outcome.translated("AT"):
                self._may_read = "read" in self._client.info().roles
                self._name = names.find_modem(self._client, self.port, look=self._may_read)
            if self._name is not None and self._may_read:
                self._bring_up(self._name, pin, _BRING_UP + waitingForModemToStartInSeconds)
            with outcome.translated("AT"):
                self._watcher = Watcher(self._client, self._hear)
        except BaseException:
            self._client.close()
            raise
        self.alive = True

    def close(self) -> None:
        """Leave the daemon; the modem goes on working."""
        if self.alive:
            self.alive = False
            self._watcher.close()
            self._client.close()

    @property
    def rxThread(self) -> threading.Thread:
        """A thread that lives as long as the connection: scripts join it to wait for ever."""
        return self._watcher.thread

    def write(
        self,
        data: str,
        waitForResponse: bool = True,  # noqa: FBT001, FBT002 -- that library's signature
        timeout: float = 10,
        parseError: bool = True,  # noqa: FBT001, FBT002 -- likewise
        writeTerm: str = "\r",
        expectedResponseTermSeq: str | None = None,
    ) -> list[str] | None:
        """A raw command, for administrators: the lines of the reply, its result the last.

        Errors: CmeError, CmsError, CommandError; TimeoutException;
        InvalidStateException for what is no command but a message's text.
        """
        if writeTerm != "\r" or expectedResponseTermSeq is not None:
            raise InvalidStateException("gsmd takes whole commands only; a message goes by sendSms")
        with outcome.translated(data):
            reply = self._client.at(self._one(), data, timeout)
        if parseError:
            outcome.check_result(data, reply.result)
        return [*reply.lines, reply.result] if waitForResponse else None

    def _hear(self, event: Event) -> None:
        """Something happened."""

    def _one(self) -> str:
        return self._name or self._status().name

    def _status(self) -> ModemStatus:
        """The modem's status; without a name that of the first that is ready, else of the first."""
        with outcome.translated("AT"):
            if self._name is not None:
                return self._client.modem(self._name)
            modems = self._client.modems()
        if not modems:
            raise InvalidStateException("gsmd has no modem")
        return next((modem for modem in modems if modem.state == "ready"), modems[0])

    def _statuses(self, timeout: float | None) -> Iterator[ModemStatus]:
        """The status as it changes, until the time is over; at least once."""
        until = None if timeout is None else time.monotonic() + timeout
        with outcome.translated("AT"), self._client.events("modem.") as events:
            while True:
                yield self._status()
                left = _LOOK_AGAIN if until is None else until - time.monotonic()
                if left <= 0:
                    return
                try:
                    events.receive(min(left, _LOOK_AGAIN))
                except errors.TimedOut:
                    continue

    def _bring_up(self, name: str, pin: str | None, patience: float) -> None:
        status = self._settled(patience)
        if status.state == "pin-needed" and pin is not None:
            try:
                self._client.unlock(name, pin)
            except errors.GsmdError as error:
                raise outcome.wrong_pin(error) from error
            status = self._settled(patience, but_not="pin-needed")
        outcome.check_sim(status)

    def _settled(self, patience: float, *, but_not: str | None = None) -> ModemStatus:
        for status in self._statuses(patience):
            if status.state not in _UNSETTLED and status.state != but_not:
                break
        return status

    def waitForNetworkCoverage(self, timeout: float | None = None) -> int:
        """Wait until the modem is registered; returns the signal strength.

        Errors: TimeoutException; InvalidStateException if the network refuses the SIM.
        """
        for status in self._statuses(timeout):
            if status.state == "ready" and (strength := outcome.strength(status)) > 0:
                return strength
            outcome.check_sim(status)
            if status.registration == "denied":
                raise InvalidStateException("Network registration denied")
        raise TimeoutException
