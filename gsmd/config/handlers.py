"""Handlers in the configuration: what all have in common, and the place of what each kind has of its own.

In the file both stand side by side: ``{name: balance, match: …, run: […], reply: true}``. Which kind
it is says the one key that is called as the kind is, here ``run``. The kinds themselves are not
known here: whoever reads a file says which there are, each by the struct of its keys.
"""

from pathlib import Path
from typing import ClassVar

import msgspec

from gsmd.config.backoff import Retry
from gsmd.config.errors import Impossible
from gsmd.config.types import AbsolutePath, Kind, Name, PartOfDay, Peer, Regex, Section, Word


class MatchRule(Section, frozen=True, kw_only=True):
    """The messages that a handler takes: those for which everything that is given is true.

    Of a list, one has to fit. ``from`` takes whole numbers and names, and prefixes that end in ``*``.
    """

    keyword: tuple[Word, ...] | None = None
    from_: tuple[Peer, ...] | None = msgspec.field(name="from", default=None)
    regex: Regex | None = None
    modem: tuple[Name, ...] | None = None
    kind: tuple[Kind, ...] | None = None
    from_file: AbsolutePath | None = None
    between: PartOfDay | None = None
    answers: bool | None = None
    form: tuple[Name, ...] | None = None
    unclaimed: bool = False

    def __post_init__(self) -> None:
        for field in msgspec.structs.fields(self):
            if getattr(self, field.name) == ():
                raise Impossible("at least one", key=field.encode_name)


class HandlerSettings(Section, frozen=True, kw_only=True):
    """The keys of one kind of handler. ``kind`` is the kind's name, and the key by which it is chosen."""

    kind: ClassVar[str]

    @property
    def address(self) -> str | None:
        """The address that messages are posted to; None where that is not what happens to them."""
        return None

    @property
    def wants_receipts(self) -> bool | None:
        """If it is told what becomes of all that goes in its name; None: this kind is never told."""
        return None

    @property
    def own_match(self) -> MatchRule | None:
        """What it takes where the configuration does not say; None: everything."""
        return None

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """Files with secrets in them, which the daemon has to be able to read, and nobody else."""
        return ()

    @property
    def programs(self) -> tuple[str, ...]:
        """Paths of programs that have to be there."""
        return ()


class HandlerConfig(Section, frozen=True, kw_only=True):
    """Somebody who takes messages. ``settings`` has the keys of its kind."""

    name: Name
    match: MatchRule | None = None
    retry: Retry = Retry()
    settings: HandlerSettings

    def __post_init__(self) -> None:
        if self.match is None and (own := self.settings.own_match) is not None:
            msgspec.structs.force_setattr(self, "match", own)

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return self.settings.kind
