"""A disk that cannot be written: the gateway says that it ends, and why."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gsmd.gateways.gateway import CannotServe, Surroundings
from gsmd.gateways.smpp import segments, tables
from gsmd.gateways.smpp.gateway import SmppGateway
from tests.gateways.smpp.scene import PATIENCE, Scene
from tests.rig import rig


@pytest.mark.parametrize("broken", [(tables, "forget_old"), (segments, "oldest")])
async def test_a_gateway_that_cannot_look_after_what_it_keeps_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: tuple[Any, str]
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(*broken, full)
    async with rig(tmp_path) as it, it.running() as client:
        surroundings = Surroundings(daemon=it.socket, state_dir=tmp_path / "smpp")
        gateway = SmppGateway(Scene(it, client).config(), surroundings)
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(CannotServe, match="disk is full"):
                await gateway.serve(lambda: None)
