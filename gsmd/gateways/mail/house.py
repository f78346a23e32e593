"""What all parts of the gateway share: the settings as they are now, the daemon, what is kept, what is known."""

from collections.abc import Collection

from gsmd.client._async.client import AsyncClient
from gsmd.config import Config
from gsmd.config.mail import MailConfig, MailForward
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.mail.outbox import Outbox
from gsmd.gateways.mail.smarthost import Smarthost
from gsmd.gateways.mail.threads import Threads
from gsmd.gateways.mail.users import Users

HANDLER = "mail"
"""The handler of what was sent by mail: receipts, and the answers of those who got it."""


class Settings:
    """The section, and what it names. Errors: `ConfigError`."""

    def __init__(self, config: Config) -> None:
        assert config.mail is not None
        self.mail: MailConfig = config.mail
        self.users = Users.read(config.mail.users_file)
        self.smarthost = None if config.mail.smarthost is None else Smarthost(config.mail)
        self.modems: Collection[str] = tuple(modem.name for modem in config.modems)
        self.country = config.outbound.country
        self.names = {number: name for name, number in config.mail.contacts.items()}

    def recipients_of(self, handler: str) -> tuple[str, ...]:
        """The addresses of the forward with that handler; none if it is no forward any more."""
        for name, forward in self.forwards():
            if name == handler:
                return forward.to
        return ()

    def forwards(self) -> list[tuple[str, MailForward]]:
        """Each forward with the name of its handler."""
        return [(f"{HANDLER}-{number}", each) for number, each in enumerate(self.mail.forward, 1)]


class House:
    """Given to every part; ``settings`` is replaced when the configuration is read again."""

    def __init__(
        self, settings: Settings, client: AsyncClient, watch: DaemonWatch, database: Database
    ) -> None:
        self.settings = settings
        self.client = client
        self.watch = watch
        self.database = database
        self.threads = Threads(database, settings.mail.domain)
        self.outbox = Outbox(database)
        self.draining = False
