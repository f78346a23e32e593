"""The gateways of ``gsmd setup``: offered where what they need is there."""

from collections.abc import Collection, Iterator, Sequence
from importlib.util import find_spec

import msgspec

from gsmd.cli.knocking import BROKER, MAIL_SERVER, Broker, broker, is_free, mail_server
from gsmd.cli.setup_answers import Answers
from gsmd.cli.terminal import say
from gsmd.config.document import written
from gsmd.gateways.catalogue import PACKAGES

OFFERED = ("web", "mqtt", "mail")
"""Those that setup can offer: the others need somebody else's address or a name for an account."""

PORTS = range(8090, 8100)
"""Where the pages listen: the first that is free."""

NOBODY = "none"

_USER = "gsmd"


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A section for the configuration. ``keys``: its lines; ``secret``: what goes into a file, by the key that names it."""

    name: str
    about: str
    keys: tuple[str, ...] = ()
    secret: tuple[str, str] | None = None


def chosen(
    answers: Answers, present: Collection[str], without: Sequence[str], mail_to: str | None
) -> list[Section]:
    """The sections of those that fit and are wanted, and are not ``present`` yet."""
    return [
        section
        for name in OFFERED
        if name not in present and name not in without
        for section in _offer(answers, name, mail_to)
    ]


def _offer(answers: Answers, name: str, mail_to: str | None) -> Iterator[Section]:
    if any(find_spec(package) is None for package in PACKAGES[name]):
        if name == "web":
            say("\nPages in a browser need more packages: pip install 'gsmd[web]', then gsmd setup again.")  # fmt: skip
        return
    if name == "web":
        yield from _web(answers)
    elif name == "mqtt":
        yield from _mqtt(answers)
    else:
        yield from _mail(answers, mail_to)


def _web(answers: Answers) -> Iterator[Section]:
    port = next((each for each in PORTS if is_free(each)), None)
    if port is None:
        say(f"\nNo pages: the ports {PORTS[0]} to {PORTS[-1]} are all taken (docs/web.md has another way).")  # fmt: skip
        return
    say(f"\nPages in a browser, at http://127.0.0.1:{port}: to be seen on this machine alone.")
    if answers.confirm("Have them?"):
        keys = () if port == PORTS[0] else (f'listen: "127.0.0.1:{port}"',)
        yield Section(name="web", about="Pages in a browser, and REST: docs/web.md", keys=keys)


def _mqtt(answers: Answers) -> Iterator[Section]:
    answer = broker()
    if answer is Broker.NONE:
        return
    about = "SMS at the MQTT broker; Home Assistant finds the modems: docs/mqtt.md"
    say(f"\nAn MQTT broker answers at {BROKER}. Home Assistant finds the modems through it.")
    if answer is Broker.TOO_OLD:
        say("It does not speak MQTT 5, which gsmd needs: left out.")
        return
    if answer is Broker.OPEN:
        if answers.confirm("Connect gsmd with it?"):
            yield Section(name="mqtt", about=about)
        return
    if answers.usual:
        say("It wants a user and a password: left out. gsmd setup without --yes asks for them.")
        return
    if answers.confirm("It wants a user and a password. Connect gsmd with it?"):
        user = answers.text("The user of the broker", _USER)
        password = answers.secret("The password") or ""
        if broker(user, password) is not Broker.OPEN:
            say("The broker does not take them; they are written down all the same: gsmd doctor")
        yield Section(
            name="mqtt",
            about=about,
            keys=(f"user: {written(user)}",),
            secret=("password_file", password),
        )


def _mail(answers: Answers, mail_to: str | None) -> Iterator[Section]:
    if not mail_server():
        return
    say(f"\nA mail server answers at {MAIL_SERVER}. SMS that no program takes can go out as mail, answers to such a mail as SMS.")  # fmt: skip
    if mail_to is None and not answers.confirm("Have that?"):
        return
    address = mail_to or answers.text(f"To which address? ({NOBODY}: nobody)", "root@localhost")
    if address != NOBODY:
        yield Section(
            name="mail",
            about="SMS as mail, and mail as SMS: docs/mail.md",
            keys=(f"forward: [{{match: {{unclaimed: true}}, to: [{written(address)}]}}]",),
        )
