"""Where each gateway keeps what is its own."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from gsmd.config import Config

HOME = Path("/var/lib")


def directories(
    config: Config, names: Sequence[str], environment: Mapping[str, str] = os.environ
) -> dict[str, Path]:
    """The directory of each: ``state_dir`` of its section, else what systemd gave us, else ``/var/lib/gsmd-NAME``.

    systemd (``StateDirectory=``) may give several: each gateway has the one with its name at the end. The only one
    is that of the only gateway.
    """
    given = [Path(each) for each in environment.get("STATE_DIRECTORY", "").split(":") if each]
    found = {}
    for name in names:
        own = [each for each in given if each.name.endswith(name)]
        if not own and len(names) == 1:
            own = given
        section = getattr(config, name)
        said = section.state_dir if section is not None else None
        found[name] = said or (own[0] if own else HOME / f"gsmd-{name}")
    return found
