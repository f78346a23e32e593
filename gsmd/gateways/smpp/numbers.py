"""Which modem has which number: for source addresses that choose one, and for the addresses of what came in."""

from typing import Any


class SimNumbers:
    """The modems' own numbers, as the daemon tells them."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}
        self._modems: dict[str, str] = {}

    def learn(self, modems: list[dict[str, Any]]) -> None:
        """The result of `modems.list`."""
        known = [(each["name"], each.get("number")) for each in modems]
        self._numbers = {name: number for name, number in known if number}
        self._modems = {_digits(number): name for name, number in self._numbers.items()}
        self._modems |= {name: name for name, _ in known}

    def modem_of(self, number: str) -> str | None:
        """The modem that has a number, or is called so."""
        return self._modems.get(number) or self._modems.get(_digits(number))

    def number_of(self, modem: str | None) -> str:
        """The number of a modem; its name, if that is not known."""
        return "" if modem is None else self._numbers.get(modem, modem)


def _digits(number: str) -> str:
    return number.removeprefix("+").removeprefix("00")
