"""``gsmd setup``: from a modem that was just plugged in to a daemon that works, with the gateways that fit this machine.

Theory of operation. Everything is asked before anything is written, and what is there stays: a configuration that has
modems keeps them, and gets at its end what was chosen and is not in it yet. So it can be run again, to add what fits
by now, to start what does not run, for another test message or another link.

    modems (none yet: found and asked for) → gateways that fit → write → start → try → link
"""

from pathlib import Path

import click

from gsmd.cli import setup_gateways, setup_modems, setup_trial
from gsmd.cli.combinations import refuse
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.options import configuration_option, socket_option
from gsmd.cli.setup_answers import Answers
from gsmd.cli.setup_files import Plan
from gsmd.cli.setup_start import start
from gsmd.cli.terminal import say
from gsmd.config import ConfigError


@click.command()
@click.argument("ports", metavar="[PORT]...", nargs=-1, type=click.Path(exists=True))
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: the usual answer to everything.")
@click.option("--name", metavar="NAME", help="What the modem is called, if it is the only one.")
@click.option("--pin-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help="The PIN, if the SIM wants one.")  # fmt: skip
@click.option("--without", multiple=True, type=click.Choice([*setup_gateways.OFFERED]), help="Do not offer this gateway; may be repeated.")  # fmt: skip
@click.option("--mail-to", metavar="ADDRESS", help="Where SMS go that no program takes, if a mail server answers.")  # fmt: skip
@click.option("--test", metavar="NUMBER", help="Where the test message goes: a number, own (the SIM's), none.")  # fmt: skip
@click.option("--here", is_flag=True, help="Everything in this directory, gsmd.yaml too: for a try, without root.")  # fmt: skip
@click.option("--built-in", is_flag=True, help="Also the ports of the board itself (ttyS, ttyAMA).")
@click.option(
    "--force", is_flag=True, help="Begin anew; the former configuration is kept beside it."
)
@click.option("--no-start", is_flag=True, help="Only write the configuration.")
@configuration_option
@socket_option
def setup(
    ports: tuple[str, ...],
    yes: bool,
    name: str | None,
    pin_file: Path | None,
    without: tuple[str, ...],
    mail_to: str | None,
    test: str | None,
    here: bool,
    built_in: bool,
    force: bool,
    no_start: bool,
    config: Path,
) -> None:
    """Find the modem, ask what has to be known, write the configuration, start and try it.

    Looks at every serial port, or at each PORT. Offers the gateways that fit: pages in a browser, a broker or a mail
    server that answers on this machine. Nothing is changed before everything was answered, what is there stays, and
    it can be run again.
    """
    if ports:
        refuse("With a PORT", "built_in")
    if no_start:
        refuse("With --no-start", "socket", "test")
    if here:
        refuse("With --here", "config")
        config = Path("gsmd.yaml")
    answers = Answers(usual=yes)
    plan = Plan(config, replace=force, here=here)
    if plan.has_modems:
        if ports:
            raise Stop(
                f"{config} has modems already, which stay as they are",
                Exit.CONFIGURATION,
                advice="For one more: gsmd probe prints what to add. To begin anew: gsmd setup --force",
            )
        say(f"{config} has modems already: they stay as they are.")
    else:
        plan.modems = setup_modems.chosen(answers, ports, built_in=built_in, name=name, pin_file=pin_file)  # fmt: skip
    plan.gateways = setup_gateways.chosen(answers, plan.present, without, mail_to)
    try:
        written = plan.write()
        loaded = plan.load()
    except ConfigError as error:  # what stood in the file before
        raise Stop(str(error), Exit.CONFIGURATION) from None
    say(f"Written: {config}" if written else f"Nothing to add to {config}.")
    if no_start:
        return
    fresh = start(answers, config, loaded, written=written)
    setup_trial.show(answers, loaded, test=test, fresh=written or fresh)
