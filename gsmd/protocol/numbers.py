"""Numbers that a request names: what can be nobody's is refused."""

from gsmd import numbers
from gsmd.protocol.errors import Code, Refused


def normalise(typed: str, country: str | None) -> str:
    """`gsmd.numbers.normalise`, for a request. Errors: `Refused` with the reason."""
    try:
        return numbers.normalise(typed, country)
    except numbers.NotANumber as error:
        raise Refused(Code.INVALID, str(error), reason="bad_number", field="to") from None
