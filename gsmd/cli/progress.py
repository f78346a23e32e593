"""Something that moves on stderr while a command takes its time, if a person looks on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gsmd.cli.terminal import is_terminal


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """A spinner, for what has no length that could be known; the value says how far it is by now."""
    if not is_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(f"{what} …")) as status:
        yield lambda now: status.update(Text(f"{now} …"))


@contextmanager
def steps(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar for ``total`` steps; the value says that one is done."""
    if not is_terminal(sys.stderr):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    # results for a pipe must not be drawn above the bar
    redirect = is_terminal(sys.stdout)
    console = Console(stderr=True)
    with Progress(*columns, console=console, redirect_stdout=redirect) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
