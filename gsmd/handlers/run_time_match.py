"""What a choice of messages that comes with a request may ask of the daemon."""

import re
from collections.abc import Mapping
from typing import Any

from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.method import Context, Role


def require_cheap(context: Context, match: Mapping[str, Any] | None) -> None:
    """Errors: `Refused` for a regular expression that may take long, of somebody who may not administrate."""
    pattern = None if match is None else match.get("regex")
    if not isinstance(pattern, str) or context.may(Role.ADMIN):
        return
    from gsmd.handlers.regex_cost import is_cheap  # needed by few

    try:
        cheap = is_cheap(pattern)
    except (re.error, RecursionError, OverflowError):
        return  # whoever reads it says what is wrong with it
    if not cheap:
        text = "match.regex repeats at more than one place, or within a repetition: that needs admin, or the configuration"
        raise Refused(
            Code.NOT_PERMITTED,
            text,
            reason="missing_role",
            field="match.regex",
            role=str(Role.ADMIN),
        )
