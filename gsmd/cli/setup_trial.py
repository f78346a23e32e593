"""The end of ``gsmd setup``: does it work? A test message, the gateways, and a link to the pages."""

import getpass
import os
import time
from collections.abc import Iterator

from gsmd.cli.connection import gateways_of
from gsmd.cli.exits import Stop
from gsmd.cli.progress import working
from gsmd.cli.setup_answers import Answers
from gsmd.cli.setup_start import is_running
from gsmd.cli.terminal import emit, printable, say
from gsmd.client import Client, GsmdError
from gsmd.config import Config
from gsmd.protocol.gateways import GatewayStatus

PATIENCE = 120.0
"""Seconds that a modem may take to be ready, and a message to come back."""

NUMBER = 5.0
"""Seconds that a modem that is ready may take to say its own number; many SIMs do not know it."""

_GATEWAYS = 20.0
_OWN, _NONE = "own", "none"
_TEXT = "gsmd works."


def show(answers: Answers, config: Config, *, test: str | None, fresh: bool) -> None:
    """Try what runs, and tell where the pages are. ``fresh``: something is new, so a message may be spent on it."""
    running = is_running(config)
    if running:
        with Client(config.socket.path, timeout=PATIENCE + 30) as client:
            for modem in config.modems:
                if modem.enabled:
                    _try(answers, client, modem.name, test, fresh=fresh)
            for line in _gateways(client, config):
                say(line)
    for line in _pages(config):
        emit(line if running else line.replace("Pages:", "Pages, once it runs:", 1))
    if running:
        emit(f"gsmd works. Socket: {config.socket.path}")


def _try(answers: Answers, client: Client, modem: str, test: str | None, *, fresh: bool) -> None:
    """A message to whoever is wanted, best to the SIM itself: then both ways are tried."""
    with working(f"Waiting for {modem}"):
        state, reason, number = _settled(client, modem)
    if state != "ready":
        raise Stop(
            f"{modem} is {state}: {reason}",
            advice=f"What to do: gsmd doctor; how it goes on: gsmd modems show {modem}",
        )
    say(f"{modem} is ready.")
    to = test
    if to is None:
        usual = (number or _NONE) if fresh or not answers.usual else _NONE
        to = answers.text(
            f"Send a test message to (a number; {_NONE}: nobody; its own number tries both ways)",
            usual,
        )
    if to == _OWN:
        if number is None:
            say("The SIM does not know its number, so there is no test message: gsmd setup --test NUMBER")  # fmt: skip
            return
        to = number
    if to and to != _NONE:
        _send(client, modem, to, own=to == number)


def _settled(client: Client, modem: str) -> tuple[str, str, str | None]:
    until = time.monotonic() + PATIENCE
    while True:
        status = client.modem(modem)
        if status.state == "ready" and status.number is None:
            until = min(until, time.monotonic() + NUMBER)  # it is asked for once all else is done
        elif status.state in {"ready", "pin-needed", "puk-needed"}:
            break
        if time.monotonic() > until:
            break
        time.sleep(0.5)
    return status.state, status.reason or "", status.number


def _send(client: Client, modem: str, to: str, *, own: bool) -> None:
    before = _there(client, modem)
    try:
        with working("Sending"):
            sent = client.send(to, _TEXT, modem=modem)
            sent = client.wait(sent.id, "sent", PATIENCE)
    except GsmdError as error:
        raise Stop(
            f"the test message did not go out: {error.message}",
            advice="gsmd doctor says what may be wrong; gsmd outbox what waits, and for what",
        ) from error
    if sent.state not in {"sent", "delivered"}:
        raise Stop(f"the test message is {sent.state}", advice=f"Why: gsmd show {sent.id}")
    say(f"Sent to {to}.")
    if own:
        with working("Waiting for it to come in"):
            came = _came_in(client, modem, before)
        say("It came in again." if came else "It has not come in yet: gsmd inbox --follow")


def _came_in(client: Client, modem: str, before: frozenset[str]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not _there(client, modem) <= before:
            return True
        time.sleep(0.5)
    return False


def _there(client: Client, modem: str) -> frozenset[str]:
    """The ids of the newest test messages that have come in, those of earlier runs too."""
    page = client.list(direction="inbound", modem=modem, limit=20)
    return frozenset(message.id for message in page.messages if message.text == _TEXT)


def _gateways(client: Client, config: Config) -> Iterator[str]:
    """A line for each gateway, once all run without trouble or have had their time."""
    until = time.monotonic() + _GATEWAYS
    with working("Waiting for the gateways"):
        found = _known(client, config)
        while time.monotonic() < until and not all(map(_is_well, found)):
            time.sleep(0.5)
            found = _known(client, config)
    for each in found:
        if _is_well(each):
            yield f"{each.name} runs."
            continue
        whys = [trouble.what for trouble in each.troubles] or ["it does not run"]
        yield printable(f"{each.name}: {'; '.join(whys)}. What to do: gsmd doctor")


def _known(client: Client, config: Config) -> list[GatewayStatus]:
    return [each for each in gateways_of(client) if each.name in config.gateways]


def _is_well(status: GatewayStatus) -> bool:
    return status.state == "running" and not status.troubles


def _pages(config: Config) -> Iterator[str]:
    """Where the pages are: with an invitation, as long as there is nobody who could sign in."""
    if config.web is None:
        return
    from gsmd.cli.web_accounts import base, opened
    from gsmd.gateways.state import directories
    from gsmd.gateways.web.accounts import users
    from gsmd.protocol.method import Role

    address = base(config.web)
    try:
        with opened(directories(config, ["web"])["web"]) as db:
            if any(user.password is not None for user in users.everybody(db)):
                yield f"Pages: {address}/ (one more person: gsmd web invite NAME)"
                return
            secret = users.invite(db, _me(), list(Role), "gsmd setup")
    except Stop as error:
        say(f"No link to the pages: {error.message}. {error.advice}")
        return
    yield f"Pages: {address}/invitation/{secret}"
    say("The link is good once, for an hour: whoever opens it chooses the password.")
    if os.environ.get("SSH_CONNECTION") and config.web.listen.is_local:
        port = config.web.listen.port
        here = os.environ["SSH_CONNECTION"].split()[2]
        say(
            f"From where you are: ssh -L {port}:127.0.0.1:{port} {_me()}@{here}, and open it there."
        )


def _me() -> str:
    """A name for whoever does this, as an account of the pages may have it."""
    from gsmd.gateways.web.accounts.users import BadName, check_name

    try:
        return check_name(os.environ.get("SUDO_USER") or getpass.getuser())
    except (BadName, KeyError, OSError):
        return "admin"
