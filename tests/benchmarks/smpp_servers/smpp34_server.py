"""smpp34's server (Rust, driven from Python): every submit_sm is answered at once, and nothing is kept. ``PORT``."""

import asyncio
import sys
from typing import Any

import smpp34 as typed

smpp34: Any = typed  # its stubs know less than it has


async def main() -> None:
    server = smpp34.Server("127.0.0.1", int(sys.argv[1]))
    await server.start()
    number = 0
    while True:
        event = await server.next()
        if isinstance(event, smpp34.SubmitSmEvent):
            number += 1
            event.accept(str(number))


if __name__ == "__main__":
    asyncio.run(main())
