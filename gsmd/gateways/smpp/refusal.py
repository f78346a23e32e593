"""A request that is answered with an error."""

from gsmd.smpp import CommandStatus


class Refusal(Exception):
    """The request is answered with ``status``; the text says why, for the log."""

    def __init__(self, status: CommandStatus, why: str) -> None:
        super().__init__(why)
        self.status = status
