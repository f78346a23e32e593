"""The life of a process of gateways, seen on one that does next to nothing."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gsmd.config import Config, ConfigError, parse
from gsmd.gateways import catalogue, running
from gsmd.gateways.gateway import CannotServe
from gsmd.handler_kinds import HANDLER_KINDS
from tests.config.samples import MODEM
from tests.gateways import toy
from tests.service.daemon import Systemd

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> list[toy.Toy]:
    monkeypatch.setattr(catalogue, "GATEWAYS", {"mqtt": "tests.gateways.toy"})
    toy.BUILT.clear()
    return toy.BUILT


def load(path: Path) -> Config:
    return parse(path.read_text(), path.name, HANDLER_KINDS)


def configuration(directory: Path, text: str = "mqtt: {}\n") -> Path:
    path = directory / "gsmd.yaml"
    path.write_text(MODEM + text)
    return path


@asynccontextmanager
async def at_work(path: Path, *names: str) -> AsyncIterator[running.Process]:
    process = running.Process(path, load(path), names or ("mqtt",), load)
    task = asyncio.create_task(process.run())
    try:
        async with asyncio.timeout(PATIENCE):
            yield process
    finally:
        process.stop()
        process.stop()
        async with asyncio.timeout(PATIENCE):
            await task


async def test_it_is_ready_when_the_gateway_serves_and_drains_before_its_end(
    tmp_path: Path, toys: list[toy.Toy], monkeypatch: pytest.MonkeyPatch
) -> None:
    systemd = Systemd(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(systemd.path))
    try:
        async with at_work(configuration(tmp_path)) as process:
            (told,) = [await systemd.hears("READY")]
            assert told["STATUS"] == "mqtt: at work"
            process.stop()
            await toys[0].hears("ended")
            await systemd.hears("STOPPING")
        assert toys[0].heard == ["serving", "draining", "ended"]
    finally:
        systemd.close()


async def test_a_second_signal_does_not_wait_for_what_is_under_way(
    tmp_path: Path, toys: list[toy.Toy]
) -> None:
    async with at_work(configuration(tmp_path)) as process:
        await toys[0].hears("serving")
        toys[0].under_way.clear()
        process.stop()
        await toys[0].hears("draining")
    assert "ended" not in toys[0].heard


async def test_a_gateway_with_nothing_left_to_do_ends_the_process(
    tmp_path: Path, toys: list[toy.Toy]
) -> None:
    path = configuration(tmp_path)
    process = running.Process(path, load(path), ["mqtt"], load)
    task = asyncio.create_task(process.run())
    async with asyncio.timeout(PATIENCE):
        await toys[0].hears("serving")
        toys[0].drained.set()
        await task
    assert toys[0].heard == ["serving", "ended"]


async def test_another_configuration_is_adopted_and_a_bad_one_changes_nothing(
    tmp_path: Path, toys: list[toy.Toy], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = configuration(tmp_path)
    async with at_work(path) as process:
        await toys[0].hears("serving")
        for text, said in (
            ("mqtt: {base_topic: 7}\n", "base_topic"),
            ("mqtt: {base_topic: wrong}\n", "another topic"),
            ("mqtt: {state_dir: /elsewhere}\n", "state_dir can change only when"),
            ("", "its section is gone"),
        ):
            path.write_text(MODEM + text)
            process.reload()
            while said not in caplog.text:
                await asyncio.sleep(0.01)
        assert "reloaded" not in toys[0].heard
        path.write_text(MODEM + "mqtt: {base_topic: home}\n")
        process.reload()
        await toys[0].hears("reloaded")
        assert toys[0].config.mqtt is not None
        assert toys[0].config.mqtt.base_topic == "home"


async def test_what_cannot_serve_ends_with_its_reason(
    tmp_path: Path, toys: list[toy.Toy], caplog: pytest.LogCaptureFixture
) -> None:
    path = configuration(tmp_path)
    process = running.Process(path, load(path), ["mqtt"], load)
    toys[0].fails = 1
    with pytest.raises(CannotServe, match="in use"):
        async with asyncio.timeout(PATIENCE):
            await process.run()


async def test_of_several_one_that_fails_is_built_anew_while_the_others_go_on(
    tmp_path: Path, toys: list[toy.Toy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalogue.GATEWAYS, "mail", "tests.gateways.toy")
    monkeypatch.setattr(running, "PAUSES", (0.0,))
    async with at_work(configuration(tmp_path, "mqtt: {}\nmail: {}\n"), "mqtt", "mail"):
        toys[0].fails = 1
        await toys[1].hears("serving")
        while len(toys) < 3:
            await asyncio.sleep(0.01)
        await toys[2].hears("serving")
        assert toys[1].heard == ["serving"]


async def test_it_ends_with_who_started_it(
    tmp_path: Path, toys: list[toy.Toy], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = os.pipe()
    monkeypatch.setenv(running.PARENT_PIPE, str(ours))
    path = configuration(tmp_path)
    task = asyncio.create_task(running.Process(path, load(path), ["mqtt"], load).run())
    async with asyncio.timeout(PATIENCE):
        await toys[0].hears("serving")
        os.close(theirs)
        await task
    os.close(ours)
    assert toys[0].heard[-1] == "ended"


def test_without_its_section_a_gateway_is_a_mistake_in_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configuration(tmp_path, "")
    assert running.run(path, ["mqtt"], load) == 4
    assert "a section mqtt" in capsys.readouterr().err
    assert running.run(path, [], load) == 4
    assert "a section of a gateway" in capsys.readouterr().err


def test_a_package_that_is_not_installed_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalogue.GATEWAYS, "mqtt", "tests.gateways.lacking")
    path = configuration(tmp_path)
    with pytest.raises(ConfigError, match=r"pip install 'gsmd\[mqtt\]'"):
        running.Process(path, load(path), ["mqtt"], load)
