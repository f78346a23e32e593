"""PINs in commands, kept out of errors and logs."""

from gsmd.patterns import pattern

_SECRET = pattern(r'(AT\+CPIN=)"?[0-9]+"?')


def without_secrets(text: str) -> str:
    """``text`` with any PIN blotted out."""
    return _SECRET.sub(r"\1****", text)


class Secretive:
    """Octets for the log, a PIN blotted out, made only if the log wants them."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __repr__(self) -> str:
        return without_secrets(repr(self._data))
