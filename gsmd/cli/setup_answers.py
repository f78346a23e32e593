"""The answers to what ``gsmd setup`` asks: a person's, or the usual ones."""

import sys
from typing import Any

import click

from gsmd.cli.exits import Stop
from gsmd.cli.terminal import say


class Answers:
    """Asks on the terminal. ``usual``: asks nobody, and takes what a person would get by pressing Return."""

    def __init__(self, *, usual: bool) -> None:
        self.usual = usual

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Yes or no."""
        if self.usual:
            return default
        return bool(self._asked(click.confirm, question, default=default))

    def text(self, question: str, default: str) -> str:
        """Some words."""
        if self.usual:
            return default
        return str(self._asked(click.prompt, question, default=default)).strip()

    def secret(self, question: str) -> str | None:
        """Something that nobody should see; None if there is nobody to ask."""
        if self.usual:
            return None
        return str(self._asked(click.prompt, question, hide_input=True))

    def _asked(self, ask: Any, question: str, **how: Any) -> Any:
        try:
            return ask(question, err=True, **how)
        except click.Abort:
            if sys.stdin.isatty():
                raise
            say("")
            raise Stop(
                "there is nobody to answer", advice="gsmd setup --yes takes the usual answers"
            ) from None
