"""What a user of the engine may do, and no more: a box, or a program that sends and looks.

A box may write what is its own (``sms.inbox.<box>``, ``sms.event.<box>``), records of messages and opt-outs, and ask the queues of its pools. It cannot
read what others receive, nor hear answers to others: its own come beneath ``_INBOX_<box>``. Both forms that the engine has for
acknowledgements are allowed (2.15 has domain and account in them).
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gsmd.fleet import subjects
from gsmd.fleet.subjects import (
    BOXES,
    CLASSES,
    CODES,
    OUT,
    REGISTER,
    SETTINGS,
    SIM,
    SIMS,
    STICKY,
    VOTE,
)


class Rights(NamedTuple):
    """Subjects that a user may publish and subscribe."""

    publish: list[str]
    subscribe: list[str]


def of_box(box: str, pools: Iterable[str]) -> Rights:
    """Those of a box that takes messages of these pools."""
    pools = [*pools]
    shared = [subjects.consumer(pool, class_) for pool in pools for class_ in CLASSES]
    own = subjects.sim_consumer(box)
    consumers = [*((OUT, name) for name in shared), (SIM, own)]
    return Rights(
        publish=[
            *(f"sms.out.{pool}.>" for pool in pools),
            *("sms.reg.permit.*", "sms.reg.uncertain.*", "sms.reg.optout.*", "sms.reg.block.*"),
            *("sms.reg.consent.*.*", "sms.vote.*.*", f"$JS.API.STREAM.MSG.GET.{VOTE}"),
            *(f"sms.inbox.{box}.>", f"sms.event.{box}.>"),
            *(f"$KV.{BOXES}.{box}", f"$KV.{SIMS}.*", f"$KV.{STICKY}.*"),
            *(f"$JS.API.STREAM.INFO.{REGISTER}", f"$JS.API.STREAM.MSG.GET.{REGISTER}"),
            f"$JS.API.STREAM.MSG.GET.KV_{BOXES}",
            f"$JS.API.CONSUMER.CREATE.{SIM}.{own}",
            *(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}" for stream, name in consumers),
            *(f"$JS.ACK.{stream}.{name}.>" for stream, name in consumers),
            *(f"$JS.ACK.*.*.{stream}.{name}.>" for stream, name in consumers),
        ],
        subscribe=[f"_INBOX_{box}.>", "sms.reg.optout.*", "sms.reg.block.*", "sms.reg.consent.*.*"],
    )


def of_program() -> Rights:
    """Those of a program that puts messages in and looks what became of them."""
    return Rights(
        publish=[
            *("sms.out.>", "sms.sim.>", "sms.reg.campaign.*"),
            *(f"$KV.{CODES}.*", f"$KV.{SETTINGS}.verify_key"),
            *("$JS.API.INFO", "$JS.API.STREAM.INFO.*", "$JS.API.STREAM.MSG.GET.*"),
            f"$JS.API.CONSUMER.LIST.{OUT}",
        ],
        subscribe=["_INBOX.>"],
    )


def new_key(path: Path) -> str:
    """Put the seed of a new NKEY into a new file that only its owner can read; returns the public key. Errors: `OSError`."""
    import nkeys

    seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seed + b"\n")
    return bytes(nkeys.from_seed(bytearray(seed)).public_key).decode()


def block(public: str, rights: Rights) -> str:
    """The user as ``authorization { users: [ … ] }`` of the engine's configuration has it."""
    publish, subscribe = (", ".join(f'"{each}"' for each in part) for part in rights)
    return (
        f'{{ nkey: "{public}", permissions: {{\n'
        f"  publish: {{ allow: [{publish}] }}\n"
        f"  subscribe: {{ allow: [{subscribe}] }} }} }}"
    )
