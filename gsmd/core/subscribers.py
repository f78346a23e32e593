"""The sender of a message: one spelling for a subscriber, however a network gives the number."""

from collections.abc import Callable

from gsmd import pdu
from gsmd.config import Config
from gsmd.numbers import canonical, plain, spellings
from gsmd.regions import region_of_number, region_of_sim
from gsmd.store.ledger import Transaction
from gsmd.store.tables import correspondence


class Subscribers:
    """Knows where each SIM is at home, which completes the national numbers that its network gives.

    That is the configured country; else the country of the modem's configured number; else that of
    the SIM's identity.
    """

    def __init__(self, config: Config) -> None:
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by another configuration."""
        self.country = config.outbound.country
        self._answers_within = round(config.inbound.answers_within * 1000)
        numbers = [(each.name, each.number) for each in config.modems]
        numbers += [(each.name, each.number) for each in config.programs]
        self._numbers = {name: number for name, number in numbers if number}

    def own_numbers(self) -> list[str]:
        """The numbers of our SIMs and carriers, as far as the configuration tells them."""
        return list(self._numbers.values())

    def number_of(self, modem: str) -> str | None:
        """The number of a modem's SIM, as far as the configuration tells it."""
        return self._numbers.get(modem)

    def peer(self, address: pdu.Address, modem: str, sim: str, known: Callable[[str], bool]) -> str:
        """The canonical number of who is at an address that came to a SIM; names and short codes as they are.

        ``known``: whether anything was written to or came from that number before.
        """
        spelt = str(address)
        if address.is_name or address.type is pdu.TypeOfNumber.INTERNATIONAL:
            return spelt
        national = address.type is pdu.TypeOfNumber.NATIONAL
        return canonical(spelt, self._home(modem, sim), national=national, known=known)

    def typed(self, peer: str) -> str:
        """The subscriber that somebody means by what they typed; a name as it is."""
        return canonical(plain(peer), self.country)

    def spellings(self, peer: str, modem: str, sim: str) -> tuple[str, ...]:
        """Under which numbers the store may have who is ``peer`` to a SIM, that one first."""
        return spellings(peer, self._home(modem, sim))

    def answered(
        self, transaction: Transaction, peer: str, modem: str, sim: str
    ) -> tuple[str, str | None] | None:
        """The message of ours that what comes from a peer to a SIM answers, and the handler in whose name it went."""
        since = transaction.wall - self._answers_within
        spellings = self.spellings(peer, modem, sim)
        return correspondence.handler_of(transaction.connection, sim, spellings, since)

    def _home(self, modem: str, sim: str) -> str | None:
        if self.country is not None:
            return self.country
        number = self._numbers.get(modem)
        return (region_of_number(number) if number else None) or region_of_sim(sim)
