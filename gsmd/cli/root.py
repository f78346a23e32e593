"""The ``gsmd`` command itself: which commands there are, and how any of them may end."""

import os
from collections.abc import Sequence
from typing import Any

import click

from gsmd import __version__
from gsmd.cli.combinations import talks_to_a_daemon
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.lazy import Entry, LazyGroup
from gsmd.cli.options import socket_option
from gsmd.cli.terminal import prepare_streams

SECTIONS = {
    "Messages": {
        "send": Entry("gsmd.cli.send:send", "Send a message, or a file full of them."),
        "listen": Entry(
            "gsmd.cli.listen:listen", "Receive messages: print them, or run a program."
        ),
        "pull": Entry("gsmd.cli.pull:pull", "Take messages of a handler, on lease."),
        "settle": Entry("gsmd.cli.pull:settle", "Be done with what was pulled."),
        "inbox": Entry("gsmd.cli.listing:inbox", "Messages that came in."),
        "outbox": Entry("gsmd.cli.listing:outbox", "Messages that go out, and why some wait."),
        "show": Entry("gsmd.cli.history:show", "The whole history of one message."),
        "cancel": Entry("gsmd.cli.queue:cancel", "Take back a message that waits."),
        "replace": Entry("gsmd.cli.queue:replace", "Another text for what still waits."),
        "retry": Entry("gsmd.cli.queue:retry", "Queue a message again that failed."),
    },
    "Modems": {
        "modems": Entry("gsmd.cli.modems:modems", "State, signal, network, SIM; reset, unlock."),
        "at": Entry("gsmd.cli.commands:at", "Give a modem an AT command."),
        "ussd": Entry("gsmd.cli.commands:ussd", "Dial a USSD code such as *100#."),
        "record": Entry("gsmd.cli.record:record", "A modem's line as a file, for a bug report."),
        "selftest": Entry("gsmd.cli.selftest:selftest", "Does a message come back?"),
        "probe": Entry("gsmd.cli.probe:probe", "Find modems on serial ports."),
        "doctor": Entry("gsmd.cli.doctor:doctor", "Find what is wrong, and say what to do."),
    },
    "Handlers": {
        "handlers": Entry("gsmd.cli.handlers:handlers", "The handlers; dead letters, tests."),
        "device": Entry("gsmd.cli.device:device", "Commands to trackers and gates; their state."),
    },
    "Two-way": {
        "block": Entry("gsmd.cli.block:block", "Senders that nobody hears of."),
        "optout": Entry("gsmd.cli.optout:optout", "People who want no messages: STOP, START."),
        "keywords": Entry("gsmd.cli.keywords:keywords", "Words that people text; what they do."),
        "lists": Entry("gsmd.cli.lists:lists", "Lists of people."),
        "consent": Entry("gsmd.cli.consent:consent", "Who agreed to get what, with proof."),
        "broadcast": Entry("gsmd.cli.broadcast:broadcast", "One text to everybody on a list."),
        "campaigns": Entry(
            "gsmd.cli.campaigns:campaigns", "Progress and results of broadcasts; pause, cancel."
        ),
        "forms": Entry("gsmd.cli.forms:forms", "Questions by message, and the answers."),
        "poll": Entry("gsmd.cli.poll:poll", "Votes, as they come in; draws."),
        "qr": Entry("gsmd.cli.qr:qr", "A QR code that opens a text to us."),
        "contest": Entry("gsmd.cli.contest:contest", "Codes on the pack; prizes, draws."),
        "chat": Entry("gsmd.cli.chat:chat", "Talk with one number."),
        "desk": Entry("gsmd.cli.desk:desk", "Conversations, and who deals with them."),
        "forget": Entry("gsmd.cli.forget:forget", "Erase a person, or show what is known of them."),
        "stats": Entry("gsmd.cli.stats:stats", "Counts, rates and times."),
        "verify": Entry("gsmd.cli.verify:verify", "One-time codes."),
    },
    "Daemon": {
        "run": Entry("gsmd.cli.run:run", "The daemon, in the foreground."),
        "setup": Entry("gsmd.cli.setup:setup", "Find the modem, configure, start and try it."),
        "status": Entry("gsmd.cli.status:status", "Is all well? Also for Nagios and the like."),
        "log-level": Entry("gsmd.cli.loglevel:log_level", "Show or set how much is logged."),
        "check": Entry("gsmd.cli.check:check", "Is the configuration right?"),
        "backup": Entry("gsmd.cli.upkeep:backup", "Copy the store while the daemon runs."),
        "purge": Entry("gsmd.cli.upkeep:purge", "Remove old messages."),
    },
    "Gateways": {
        "web": Entry("gsmd.cli.web:web", "Pages and REST; who may use them."),
        "smpp": Entry("gsmd.cli.smpp:smpp", "An SMSC to programs that speak SMPP."),
        "mqtt": Entry("gsmd.cli.mqtt:mqtt", "gsmd at an MQTT broker; Home Assistant."),
        "mail": Entry("gsmd.cli.mail:mail", "SMS from mail, and mail from SMS."),
        "fleet": Entry(
            "gsmd.cli.fleet:fleet", "Many boxes behind one engine: the agent, and a look at all."
        ),
        "gateways": Entry(
            "gsmd.cli.gateways:gateways", "Those that are configured, in one process."
        ),
    },
    "Without a modem": {
        "demo": Entry("gsmd.cli.demo:demo", "See an SMS come in and its reply go out."),
        "simulate": Entry(
            "gsmd.cli.simulate:simulate", "Simulated modems to develop and test with."
        ),
        "pdu": Entry("gsmd.cli.pdu:pdu", "Decode and encode SMS PDUs."),
        "completion": Entry("gsmd.cli.completion:completion", "Completion for your shell."),
    },
}


class Root(LazyGroup):
    """The outermost group: whatever a command raises leaves it in words."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As `LazyGroup` does. Errors: `click.UsageError` for ``--socket`` before what talks to no daemon."""
        name, command, rest = super().resolve_command(ctx, args)
        if "gsmd.socket" in ctx.meta and command is not None and not talks_to_a_daemon(command):
            raise click.UsageError(f"Before {name}, --socket would have no effect.", ctx)
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Errors: only what click itself understands."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            if _had_enough(error):  # whoever read, as in `gsmd inbox | head`
                raise click.exceptions.Exit(Exit.DONE) from None
            if os.environ.get("GSMD_DEBUG"):
                raise
            from gsmd.cli.failures import explain

            raise explain(error) from error


def _had_enough(error: Exception) -> bool:
    if isinstance(error, ExceptionGroup):
        return all(map(_had_enough, error.exceptions))
    return isinstance(error, BrokenPipeError)


@click.group(
    cls=Root,
    sections=SECTIONS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@socket_option
@click.version_option(__version__, prog_name="gsmd")
@click.pass_context
def gsmd(ctx: click.Context) -> None:
    """SMS with GSM modems: send, receive, and let programs answer."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. A traceback gets out only with GSMD_DEBUG."""
    prepare_streams()
    try:
        result = gsmd.main(arguments, prog_name="gsmd", standalone_mode=False)
    except Stop as stop:
        stop.show()
        return stop.code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return Exit.INTERRUPTED
    return result if isinstance(result, int) else Exit.DONE
