"""``gsmd mqtt``: the gateway."""

from pathlib import Path

import click

from gsmd.cli.gateways import serve
from gsmd.cli.options import configuration_option, socket_option


@click.command()
@configuration_option
@socket_option
def mqtt(config: Path) -> int:
    """Be at an MQTT broker, in the foreground: topics for programs, devices for Home Assistant.

    SIGTERM says goodbye and ends it, SIGHUP reads the configuration again.
    """
    return serve(config, ("mqtt",))
