"""The daemon, which says at its end what it cost. Started by `bench_core`; not for anybody else.

``python -m tests.benchmarks.measured_daemon CONFIG``: SIGTERM ends it; on standard output it then
writes a JSON object: CPU seconds, commits, jobs, checkpoints.
"""

import asyncio
import gc
import json
import logging
import sys
import time
from pathlib import Path

from gsmd.config import load
from gsmd.daemon import Daemon
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.store.engine.database import Database


def main(config: Path) -> None:
    """Run until stopped, then tell."""
    logging.basicConfig(level=logging.WARNING)
    close = Database.close

    async def closed(self: Database) -> None:
        await close(self)
        cost = {
            "cpu": time.process_time() - begun,
            "commits": self.commits,
            "jobs": self.jobs,
            "checkpoints": self.checkpoints,
        }
        print(json.dumps(cost), flush=True)

    Database.close = closed  # type: ignore[method-assign]  # stands in for the real one
    gc.freeze()  # as `gsmd run` does
    begun = time.process_time()
    asyncio.run(Daemon(load(config, HANDLER_KINDS)).run())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
