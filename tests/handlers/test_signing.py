"""Signatures of web hooks, as the receivers of others check them."""

import base64
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from gsmd.handlers import signing
from gsmd.protocol.message import Direction, Receipt, State
from tests.handlers.messages import INBOUND, delivery, inbound

BODY = '{"handler": "hook", "text": "Ünïcode 😀"}'.encode()
KEY = bytes(range(32))
ENCODED = "whsec_" + base64.b64encode(KEY).decode()


def peer(secret: str | bytes) -> Any:
    """The receiver's half, by the people who wrote the specification."""
    library = pytest.importorskip("standardwebhooks", reason="needs the package standardwebhooks")
    return library.Webhook(secret)


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_the_library_of_the_specification_takes_our_signature() -> None:
    key = signing.key_of(ENCODED.encode())
    headers = signing.headers(BODY, key, signing.hand_over_id(delivery("hook")), now())

    assert peer(ENCODED).verify(BODY, headers)["text"] == "Ünïcode 😀"


@pytest.mark.parametrize("changed", ["body", "webhook-id", "webhook-timestamp", "key"])
def test_the_library_refuses_what_was_changed_on_the_way(changed: str) -> None:
    webhook = peer(ENCODED if changed != "key" else b"another key")
    headers = signing.headers(BODY, KEY, "in-1:hook", now())
    if changed == "webhook-id":
        headers["webhook-id"] = "in-2:hook"
    if changed == "webhook-timestamp":
        headers["webhook-timestamp"] = str(now() - 1)
    body = BODY + b" " if changed == "body" else BODY

    with pytest.raises(Exception, match="No matching signature"):
        webhook.verify(body, headers)


def test_a_secret_that_is_a_text_is_the_key_itself() -> None:
    key = signing.key_of(b" open sesame\n")

    assert key == b"open sesame"
    peer(b"open sesame").verify(BODY, signing.headers(BODY, key, "in-1:hook", now()))


@pytest.mark.parametrize("spelling", [ENCODED, ENCODED.rstrip("="), ENCODED + "\n"])
def test_the_key_behind_whsec_is_what_the_base64_says(spelling: str) -> None:
    assert signing.key_of(spelling.encode()) == KEY


def test_base64_for_addresses_is_base64_too() -> None:
    assert signing.key_of(b"whsec_-_-_") == base64.b64decode("+/+/")


@pytest.mark.parametrize("secret", [b"whsec_*secret*", b"whsec_a", "whsec_é".encode()])
def test_what_is_not_base64_is_refused_without_showing_it(secret: bytes) -> None:
    with pytest.raises(ValueError, match="not base64") as caught:
        signing.key_of(secret)
    assert "secret*" not in str(caught.value)


@pytest.mark.parametrize("secret", [b"", b" \n", b"whsec_"])
def test_a_key_without_octets_is_refused(secret: bytes) -> None:
    with pytest.raises(ValueError, match="the key is empty"):
        signing.key_of(secret)


def test_the_id_is_the_same_at_every_try() -> None:
    assert signing.hand_over_id(delivery("hook", attempt=1)) == signing.hand_over_id(
        delivery("hook", attempt=7)
    )


def test_every_handler_message_and_receipt_has_an_id_of_its_own() -> None:
    ids = [
        signing.hand_over_id(delivery("hook")),
        signing.hand_over_id(delivery("hook.two")),
        signing.hand_over_id(delivery("hook", id="in-2")),
        *(
            signing.hand_over_id(
                msgspec.structs.replace(
                    delivery("hook"),
                    receipt=Receipt(state=state, number=number, at=INBOUND.created_at),
                )
            )
            for number, state in enumerate((State.SENT, State.FAILED, State.FAILED), 1)
        ),
    ]

    assert len(set(ids)) == len(ids)
    assert not any("." in each for each in ids)


def test_without_a_key_a_request_has_its_id_and_nothing_that_looks_like_a_signature() -> None:
    assert signing.headers(BODY, None, "in-1:hook", 1) == {
        "webhook-id": "in-1:hook",
        "webhook-timestamp": "1",
    }
    assert inbound().direction is Direction.INBOUND
