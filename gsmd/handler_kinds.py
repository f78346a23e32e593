"""Every kind of handler that a configuration may name: those outside gsmd, and those of its features."""

from gsmd.config import Kinds
from gsmd.features.forward.settings import ForwardSettings
from gsmd.handlers import KINDS

HANDLER_KINDS: Kinds = (*(kind.settings for kind in KINDS), ForwardSettings)
"""In the order in which errors list them."""
