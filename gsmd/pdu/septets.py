"""Packing of 7-bit characters into octets (3GPP TS 23.038 §6.1.2.1).

A packed text is one long little-endian number. Widening each 7-bit digit of it to 8 bits is done for
all digits at once: move the upper half of the digits up, then the upper half of each half, and so on.
"""

_WIDEST = 128  # septets moved by the first step: 256 septets are more than TP-UDL can count


def _steps() -> tuple[tuple[int, int, int], ...]:
    """For each power of two from one digit up: how far to move, what stays, what moves."""
    steps = []
    width = 1
    while width <= _WIDEST:
        digits = (1 << 7 * width) - 1
        stay = sum(digits << at for at in range(0, 8 * 2 * _WIDEST, 16 * width))
        steps.append((width, stay, stay << 7 * width))
        width *= 2
    return tuple(steps)


def _for_each_count() -> tuple[tuple[tuple[int, int, int], ...], ...]:
    """The steps that so many septets need, by their number."""
    steps = _steps()
    return tuple(steps[: max(count - 1, 0).bit_length()] for count in range(2 * _WIDEST + 1))


_NARROWING = _for_each_count()
_WIDENING = tuple(steps[::-1] for steps in _NARROWING)


def octets_for(septets: int) -> int:
    """The number of octets that ``septets`` 7-bit characters fill."""
    return (septets * 7 + 7) // 8


def unpack(octets: bytes, count: int, fill: int = 0) -> bytes:
    """The first ``count`` (at most 256) septets of ``octets``, one in a byte, after ``fill`` bits."""
    number = int.from_bytes(octets, "little") >> fill & (1 << 7 * count) - 1
    for width, stay, move in _WIDENING[count]:
        number = number & stay | (number & move) << width
    return number.to_bytes(count, "little")


def pack(septets: bytes, fill: int = 0) -> bytes:
    """Up to 256 ``septets``, one in a byte, as octets, after ``fill`` zero bits."""
    count = len(septets)
    number = int.from_bytes(septets, "little")
    for width, stay, move in _NARROWING[count]:
        number = number & stay | number >> width & move
    return (number << fill).to_bytes((count * 7 + fill + 7) // 8, "little")
