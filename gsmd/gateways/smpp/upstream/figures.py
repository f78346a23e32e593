"""What was done for one provider since the gateway was started."""

import msgspec


class Figures(msgspec.Struct):
    """Messages: ``sent``, ``refused``, ``uncertain``, ``received`` whole ones, ``receipts``; ``throttled``: answers that wanted us slower."""

    sent: int = 0
    refused: int = 0
    uncertain: int = 0
    throttled: int = 0
    received: int = 0
    receipts: int = 0
