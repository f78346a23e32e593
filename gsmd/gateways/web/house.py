"""What all parts of the web gateway stand on."""

from typing import NamedTuple

from gsmd.config.web import WebConfig
from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.door.authentication import Door
from gsmd.gateways.web.door.sends import Sends
from gsmd.gateways.web.door.signing_in import SigningIn


class House(NamedTuple):
    """What every part of the application may use."""

    settings: WebConfig
    daemon: Daemon
    directory: Directory
    door: Door
    signing_in: SigningIn
    sends: Sends
