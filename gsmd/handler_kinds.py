"""Every kind of handler that a configuration may name: those outside gsmd, and those of its features."""

from gsmd.config import Kinds
from gsmd.handlers import KINDS
from gsmd.twoway.forwarding import ForwardSettings

HANDLER_KINDS: Kinds = (*(kind.settings for kind in KINDS), ForwardSettings)
"""In the order in which errors list them."""
