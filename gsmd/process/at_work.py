"""The modem that a task works for."""

from contextvars import ContextVar

AT_WORK: ContextVar[str | None] = ContextVar("modem", default=None)
"""What the running task logs is about this modem, however it is worded."""
