#!/usr/bin/env python3
"""Switch the heating by SMS: HEAT ON, HEAT OFF, HEAT 21, HEAT?

    heating.py --allow +33612345678 --allow +33698765432 --state /var/lib/heating/target

Only the numbers given by --allow are obeyed; nobody else even gets an answer.
The wish stands in the state file, from where the thermostat takes it.
"""

import argparse
import re
from pathlib import Path

from gsmd.client import Client

FROST, COMFORT = 7.0, 20.0  # °C
WARMEST = 25.0


def obey(text: str, state: Path) -> str:
    """Do what the text says; returns the answer."""
    words = re.fullmatch(r"HEAT\s*(ON|OFF|\?|\d\d?(?:[.,]\d)?)", text.strip().upper())
    if words is None:
        return "Text HEAT ON, HEAT OFF, HEAT 21 or HEAT?"
    if words[1] == "?":
        return f"The heating is set to {state.read_text()} °C."
    target = {"ON": COMFORT, "OFF": FROST}.get(words[1])
    if target is None:
        target = float(words[1].replace(",", "."))
    if not FROST <= target <= WARMEST:
        return f"Between {FROST:g} and {WARMEST:g} °C, please."
    # Written beside and renamed: the thermostat never reads half a number.
    beside = state.with_suffix(".new")
    beside.write_text(f"{target:g}")
    beside.replace(state)
    return f"Done: {target:g} °C."


def main() -> None:
    parser = argparse.ArgumentParser(description="Switch the heating by SMS.")
    parser.add_argument("--allow", action="append", required=True, metavar="NUMBER")
    parser.add_argument("--state", type=Path, required=True, metavar="FILE")
    options = parser.parse_args()
    if not options.state.exists():
        options.state.write_text(f"{FROST:g}")
    with Client() as client:
        for message in client.listen("heating"):
            if message.peer in options.allow:
                # A hand-over may come twice after a crash: setting a target twice does no harm.
                message.reply(obey(message.text or "", options.state))


if __name__ == "__main__":
    main()
