"""Forwarding in the configuration: a kind of handler whose effect stands inside gsmd."""

from typing import ClassVar

from gsmd.config import HandlerSettings
from gsmd.config.types import Number


class ForwardSettings(HandlerSettings, frozen=True, kw_only=True):
    """``forward``: the number messages go on to. ``answers``: whether what it answers finds back."""

    kind: ClassVar[str] = "forward"

    forward: Number
    answers: bool = False
