"""``gsmd demo``: the main job in one terminal, on a simulated modem."""

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gsmd.client import AsyncClient
    from gsmd.protocol.message import Message
    from gsmd.simulator import Phone

NUMBER = "+33600000001"
CALLER = "+33612345678"
QUESTION = "BALANCE"
ANSWER = "Your balance is 12.50 €. Reply TOPUP to add 10 €."

_PATIENCE = 30.0
"""Seconds after which the demo has failed."""

_CONFIGURATION = """\
state_dir: {directory}/state
socket: {{path: {directory}/gsmd.sock}}
modems: [{{name: demo, port: {directory}/modem1}}]
outbound: {{report: true}}
handlers:
  - {{name: balance, match: {{keyword: BALANCE}}, socket: true}}
log: {{level: warning}}
"""

_YOURSELF = """\
  mkdir -p /tmp/gsmd && cd /tmp/gsmd
  gsmd simulate --dir /tmp/gsmd                  a modem without a modem, with a prompt
  gsmd run -c gsmd.yaml                          in a second terminal; gsmd.yaml is:

      state_dir: /tmp/gsmd/state
      socket: {path: /tmp/gsmd/gsmd.sock}
      modems: [{name: demo, port: /tmp/gsmd/modem1}]

  export GSMD_SOCKET=/tmp/gsmd/gsmd.sock         in a third
  gsmd listen --as hello --reply --exec /bin/echo Hello yourself
  text +33612345678 modem1 Hi                    at the simulator's prompt: the phone gets the answer
"""


@click.command()
@click.option(
    "--web", is_flag=True, help="The pages in a browser, with phones that write, until Ctrl-C."
)
def demo(web: bool) -> int:
    """Show an SMS coming in and its reply going out, on a simulated modem. Needs nothing."""
    if web:
        from gsmd.cli.demo_web import show

        return show()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    with tempfile.TemporaryDirectory(prefix="gsmd-demo-") as directory:
        try:
            asyncio.run(_play(Path(directory)))
        except TimeoutError:
            click.echo("gsmd demo: this took too long; is the machine very busy?", err=True)
            return 1
    return 0


async def _play(directory: Path) -> None:
    show = _Show()
    show.title("gsmd demo", "a simulated modem, the daemon and an example handler in this terminal")
    async with asyncio.timeout(_PATIENCE), _stage(directory) as (phone, client):
        modem = await _ready(client)
        show.step("modem", f"{modem} is ready, its SIM has the number {NUMBER}")
        listening = asyncio.Event()
        handler = asyncio.create_task(_handler(client, show, listening))
        await listening.wait()
        show.step("handler", '"balance" is connected and waits for SMS that begin with BALANCE')
        show.gap()
        show.clock()
        phone.send(NUMBER, QUESTION)
        show.step("phone", f"{CALLER} texts {_quoted(QUESTION)}")
        inbound = await handler
        (reply,) = await phone.expect(1, _PATIENCE)
        show.step("phone", f"{CALLER} shows {_quoted(reply.text or '')}")
        outbound = await _delivered(client)
        show.step("network", f"status report: {click.style('delivered', fg='green', bold=True)}")
        show.gap()
        await _history(client, show, inbound, outbound)
    show.title("Try it yourself", "each line in a shell")
    click.echo(_YOURSELF)


@asynccontextmanager
async def _stage(directory: Path) -> "AsyncIterator[tuple[Phone, AsyncClient]]":
    """A network with a phone and a modem, the daemon on it, and a client of the daemon."""
    from gsmd.client import AsyncClient
    from gsmd.config import parse
    from gsmd.daemon import Daemon
    from gsmd.handler_kinds import HANDLER_KINDS
    from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem

    network = Network()
    modem = SimulatedModem(Sim(number=NUMBER), network)
    configuration = parse(_CONFIGURATION.format(directory=directory), "demo", HANDLER_KINDS)
    async with PtyModem(modem, link=directory / "modem1"):
        daemon = Daemon(configuration)
        async with asyncio.TaskGroup() as group:
            group.create_task(daemon.run())
            try:
                await daemon.ready()
                async with AsyncClient(directory / "gsmd.sock") as client:
                    yield network.phone(CALLER), client
            finally:
                daemon.stop()


async def _ready(client: "AsyncClient") -> str:
    async with client.events("modem.state") as events:
        while True:
            (modem,) = await client.modems()
            if modem.state == "ready":
                return f"{modem.manufacturer or ''} {modem.model or modem.name}".strip()
            await anext(aiter(events))


async def _handler(client: "AsyncClient", show: "_Show", listening: asyncio.Event) -> str:
    """The example handler: all that a program on the socket has to do. Returns the message's id."""
    async with client.listen("balance") as messages:
        listening.set()
        async for message in messages:
            show.step("gsmd", "read from the SIM, on disk, handed over")
            await message.reply(ANSWER)
            show.step("handler", f'"balance" replies {_quoted(ANSWER)}')
            return message.id
    raise AssertionError("a listener ends only when it is closed")


async def _delivered(client: "AsyncClient") -> "Message":
    (message,) = (await client.list(direction="outbound")).messages
    return await client.wait(message.id, "delivered", _PATIENCE)


async def _history(client: "AsyncClient", show: "_Show", inbound: str, outbound: "Message") -> None:
    """Show the history of both messages, as the store has it."""
    show.title("The whole history", f"gsmd show {outbound.id}")
    for id_ in (inbound, outbound.id):
        history = await client.show(id_)
        for event in history.events:
            detail = "  ".join(
                f"{name}={value}"
                for name, value in event.detail.items()
                if name in {"handler", "part", "status", "modem"}
            )
            click.echo(
                f"  {event.at.astimezone():%H:%M:%S.%f}"[:-3]
                + f"  {event.type:<22}"
                + click.style(detail, dim=True)
            )
    show.gap()


_COLOURS = {
    "modem": "blue",
    "phone": "magenta",
    "gsmd": "cyan",
    "handler": "yellow",
    "network": "green",
}


class _Show:
    """Lines with a time, a source and what happened."""

    def __init__(self) -> None:
        self._start: float | None = None

    def clock(self) -> None:
        """Count milliseconds from now on."""
        self._start = time.perf_counter()

    def title(self, title: str, subtitle: str) -> None:
        click.echo(f"\n{click.style(title, bold=True)}  {click.style(subtitle, dim=True)}\n")

    def gap(self) -> None:
        click.echo()

    def step(self, who: str, what: str) -> None:
        when = (
            "" if self._start is None else f"{(time.perf_counter() - self._start) * 1000:7.1f} ms"
        )
        colour = _COLOURS[who]
        click.echo(f"  {when:>10}  {click.style(f'{who:<8}', fg=colour, bold=True)} {what}")


def _quoted(text: str) -> str:
    return click.style(f"“{text}”", italic=True)
