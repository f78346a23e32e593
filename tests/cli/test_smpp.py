"""``gsmd smpp accounts``, with a gateway that says what it is asked."""

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Gsmd

ACCOUNT: dict[str, Any] = {
    "system_id": "crm",
    "binds": [{"from": "127.0.0.1", "state": "bound_trx"}],
    "most_binds": 4,
    "window": 10,
    "rate": None,
    "submitted": 7,
    "refused": 1,
    "throttled": 0,
    "delivered": 3,
    "incomplete": 0,
    "receipts_waiting": 2,
}

PROVIDER = {
    "name": "sky",
    "address": "smpp.example.org:2775",
    "tls": False,
    "state": "bound_trx",
    "attached": True,
    "reason": "",
    "since_seconds": 60,
    "window": 10,
    "rate": None,
    "under_way": 3,
    "sent": 12,
    "refused": 1,
    "uncertain": 0,
    "throttled": 0,
    "received": 4,
    "receipts": 11,
}


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    path = tmp_path / "gsmd.yaml"
    path.write_text(f"modems: [{{name: m, port: /dev/null}}]\nsmpp: {{state_dir: {tmp_path}}}\n")
    return path


def test_it_shows_who_is_bound_and_what_was_done(
    gsmd: Gsmd, tmp_path: Path, configuration: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "control.sock"))
        listening.listen()

        def answer() -> None:
            for _ in range(4):
                connection, _ = listening.accept()
                with connection:
                    connection.sendall(
                        json.dumps({"accounts": [ACCOUNT], "providers": [PROVIDER]}).encode()
                        + b"\n"
                    )

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        shown = gsmd("smpp", "-c", str(configuration), "accounts")
        assert shown.code == 0
        for word in ("crm", "1/4 trx", "127.0.0.1", "7"):
            assert word in shown.out
        told = gsmd("smpp", "-c", str(configuration), "accounts", "--json")
        (account,) = told.json
        assert (account["system_id"], account["waiting"]) == ("crm", None)
        for word in ("sky", "trx", "smpp.example.org:2775", "3/10"):
            assert word in shown.out
        listed = gsmd("smpp", "-c", str(configuration), "providers")
        assert "sky" in listed.out
        assert "crm" not in listed.out
        (provider,) = gsmd("smpp", "-c", str(configuration), "providers", "--json").json
        assert (provider["name"], provider["sent"]) == ("sky", 12)
        thread.join(30)


def test_without_a_gateway_it_says_so(gsmd: Gsmd, configuration: Path) -> None:
    outcome = gsmd("smpp", "-c", str(configuration), "accounts")
    assert outcome.code == 1
    assert "the gateway does not answer" in outcome.err


def test_a_gateway_that_ends_while_it_answers_is_said(
    gsmd: Gsmd, tmp_path: Path, configuration: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "control.sock"))
        listening.listen()

        def begin() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b'{"accounts": [')

        thread = threading.Thread(target=begin)
        thread.start()
        outcome = gsmd("smpp", "-c", str(configuration), "accounts")
        thread.join()
    assert outcome.code == 1
    assert "it broke off" in outcome.err
