"""Messages one after the other, each answered once, also when the connection breaks in between."""

import gc
import threading

import pytest

from gsmd.client import (
    Client,
    Conflict,
    Message,
    NoDaemon,
    NotPermitted,
    TimedOut,
    delivery_tracker,
    protocol_state,
)
from gsmd.client._sync import stream
from gsmd.protocol.message import to_wire
from tests.api.fake_backend import a_message
from tests.client.daemon import Daemon


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BACK_OFF", (0.01,))


def test_the_loop_of_the_documentation(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive("hello", id_="i1")
        daemon.receive("STOP", id_="i2")
        for message in messages:
            message.reply(f"You said: {message.text}")
            if message.text == "STOP":
                break
    daemon.wait(lambda backend: len(backend.queue("crm").replies) == 2)
    assert daemon.replies() == [("i1", "You said: hello"), ("i2", "You said: STOP")]


def test_what_comes_is_a_message_with_its_hand_over(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive("hello", id_="i1")
        message = messages.receive(timeout=20)
        assert isinstance(message, Message)
        assert to_wire(message) == to_wire(a_message("i1", text="hello"))
        assert (message.handler, message.attempt, message.answered) == ("crm", 1, False)
        message.acknowledge()
        assert message.answered


def test_going_on_without_a_word_acknowledges(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        daemon.receive(id_="i2")
        messages.receive(timeout=20)
        messages.receive(timeout=20)
        assert daemon.replies() == [("i1", None)]


def test_leaving_without_a_word_gives_the_message_back(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        messages.receive(timeout=20)
    daemon.wait(lambda backend: backend.queue("crm").lost == ["i1"])
    assert daemon.replies() == []


def test_an_error_that_leaves_the_block_rejects_with_its_words(
    client: Client, daemon: Daemon
) -> None:
    daemon.do(daemon.backend.queue, "crm")
    daemon.receive(id_="i1")

    def handle() -> None:
        with client.listen("crm") as messages:
            for message in messages:
                assert len(message.text or "") // 0

    with pytest.raises(ZeroDivisionError):
        handle()
    daemon.wait(lambda backend: backend.queue("crm").rejections)
    ((id_, error),) = daemon.backend.queue("crm").rejections
    assert (id_, error.reason) == ("i1", "ZeroDivisionError: integer division or modulo by zero")


def test_an_error_that_leaves_a_bare_loop_rejects_too(client: Client, daemon: Daemon) -> None:
    daemon.do(daemon.backend.queue, "crm")
    daemon.receive(id_="i1")

    def handle() -> None:
        for _ in client.listen("crm"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        handle()
    daemon.wait(lambda backend: backend.queue("crm").rejections)


def test_ctrl_c_gives_the_message_back(client: Client, daemon: Daemon) -> None:
    daemon.do(daemon.backend.queue, "crm")
    daemon.receive(id_="i1")

    def handle() -> None:
        with client.listen("crm") as messages:
            messages.receive(timeout=20)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        handle()
    daemon.wait(lambda backend: backend.queue("crm").lost == ["i1"])
    assert daemon.backend.queue("crm").rejections == []


def test_rejecting_may_say_when_to_come_again_or_never(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        messages.receive(timeout=20).reject("later", retry_after=30)
        again = messages.receive(timeout=20)
        assert again.attempt == 2
        again.reject("never", permanent=True)
        daemon.wait(lambda backend: len(backend.queue("crm").rejections) == 2)
    first, second = (error for _, error in daemon.backend.queue("crm").rejections)
    assert (first.reason, first.retry_after, first.permanent) == ("later", 30, False)
    assert (second.reason, second.retry_after, second.permanent) == ("never", None, True)


def test_a_message_is_answered_once(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        message = messages.receive(timeout=20)
        message.reply("one")
        for answer in (
            message.acknowledge,
            lambda: message.reply("x"),
            lambda: message.reject("x"),
        ):
            with pytest.raises(Conflict, match="answered already"):
                answer()
        daemon.wait(lambda backend: backend.queue("crm").replies == [("i1", "one")])


def test_a_deferred_message_is_answered_later_by_another_thread(
    client: Client, daemon: Daemon
) -> None:
    with client.listen("crm", max_in_flight=2) as messages:
        daemon.receive(id_="i1")
        daemon.receive(id_="i2")
        first = messages.receive(timeout=20)
        first.defer()
        second = messages.receive(timeout=20)
        second.acknowledge()
        daemon.wait(lambda backend: backend.queue("crm").replies == [("i2", None)])
        thread = threading.Thread(target=first.reply, args=("at last",))
        thread.start()
        thread.join()
        daemon.wait(lambda backend: len(backend.queue("crm").replies) == 2)
    assert daemon.replies()[1] == ("i1", "at last")


def test_how_many_wait_is_known_at_once(client: Client, daemon: Daemon) -> None:
    daemon.receive(id_="old")
    with client.listen("crm", from_="beginning") as messages:
        assert messages.pending == 1
        assert messages.receive(timeout=20).id == "old"


def test_a_live_tail_is_only_to_look_at(client: Client, daemon: Daemon) -> None:
    with client.listen() as messages:
        daemon.receive("hello")
        message = messages.receive(timeout=20)
        assert (message.text, message.handler, message.answered) == ("hello", None, True)
        with pytest.raises(Conflict, match="handler"):
            message.reply("x")


def test_waiting_for_a_message_may_have_an_end(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        with pytest.raises(TimedOut):
            messages.receive(timeout=0.01)
        daemon.receive(id_="i1")
        assert messages.receive(timeout=20).id == "i1"


def test_a_loop_outlives_a_restart_of_the_daemon(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        messages.receive(timeout=20).acknowledge()
        daemon.wait(lambda backend: backend.queue("crm").replies)
        daemon.stop()
        daemon.start()
        daemon.receive(id_="i2")
        assert messages.receive(timeout=20).id == "i2"


def test_a_message_in_hand_when_the_connection_breaks_is_not_seen_twice(
    client: Client, daemon: Daemon
) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        message = messages.receive(timeout=20)
        message.defer()
        daemon.cut()
        daemon.wait(lambda backend: backend.queue("crm").lost == ["i1"])
        daemon.receive(id_="i2")
        with pytest.raises(TimedOut):  # the connection is there again, and nothing new is on it
            messages.receive(timeout=0.3)
        assert message.attempt == 2
        message.reply("done")
        assert messages.receive(timeout=20).id == "i2"
    assert daemon.replies()[0] == ("i1", "done")


def test_an_answer_given_while_the_connection_was_away_is_given_again(
    client: Client, daemon: Daemon
) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        message = messages.receive(timeout=20)
        daemon.cut()
        daemon.wait(lambda backend: backend.queue("crm").lost == ["i1"])
        message.reply("nobody hears this")
        daemon.receive(id_="i2")
        assert messages.receive(timeout=20).id == "i2"
    assert daemon.replies()[0] == ("i1", "nobody hears this")


def test_an_old_answer_is_not_given_for_ever(
    client: Client, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_tracker, "_SAME_ANSWER", 0.0)
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        message = messages.receive(timeout=20)
        daemon.cut()
        message.reply("lost")
        assert messages.receive(timeout=20).id == "i1"


def test_a_rejection_is_not_remembered(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        message = messages.receive(timeout=20)
        daemon.cut()
        message.reject("try again")
        assert messages.receive(timeout=20).id == "i1"


def test_without_reconnection_the_loop_ends_with_the_daemon(client: Client, daemon: Daemon) -> None:
    with client.listen("crm", reconnect=False) as messages:
        daemon.stop()
        with pytest.raises(NoDaemon):
            messages.receive(timeout=20)
        daemon.start()


def test_the_first_connection_must_work(client: Client, daemon: Daemon) -> None:
    daemon.stop()
    with pytest.raises(NoDaemon):
        client.listen("crm")
    daemon.start()
    with pytest.raises(Conflict, match="no socket"):
        client.listen("hook")


def test_closing_from_another_thread_ends_the_loop(client: Client, daemon: Daemon) -> None:
    messages = client.listen("crm")
    seen: list[str] = []

    def loop() -> None:
        seen.extend(message.id for message in messages)

    thread = threading.Thread(target=loop)
    thread.start()
    daemon.receive(id_="i1")
    daemon.receive(id_="i2")  # the first has been acknowledged once this is handed over
    daemon.wait(lambda backend: backend.queue("crm").replies)
    messages.close()
    thread.join(20)
    assert not thread.is_alive()
    assert seen[0] == "i1"


def test_closing_while_the_daemon_is_away_ends_the_loop_too(client: Client, daemon: Daemon) -> None:
    messages = client.listen("crm")
    thread = threading.Thread(target=lambda: list(messages))
    thread.start()
    daemon.stop()
    messages.close()
    thread.join(20)
    assert not thread.is_alive()
    daemon.start()


def test_events_come_as_they_happen(client: Client, daemon: Daemon) -> None:
    with client.events("modem.") as events:
        daemon.do(daemon.backend.happen, "message.sent", id="o1")
        daemon.do(daemon.backend.happen, "modem.ready", modem="north")
        event = events.receive(timeout=20)
        assert (event.type, event.fields) == ("modem.ready", {"modem": "north"})
        with pytest.raises(TimedOut):
            events.receive(timeout=0.01)


def test_a_loop_over_events_outlives_a_restart(client: Client, daemon: Daemon) -> None:
    with client.events() as events:
        daemon.stop()
        daemon.start()

        def happen() -> None:
            daemon.wait(lambda backend: backend.events.listeners)
            daemon.do(daemon.backend.happen, "modem.ready", modem="north")

        thread = threading.Thread(target=happen)
        thread.start()
        assert events.receive(timeout=20).type == "reconnected"  # some may be missing
        assert events.receive(timeout=20).type == "modem.ready"
        thread.join()


def test_calls_may_be_made_in_the_middle_of_the_loop(client: Client, daemon: Daemon) -> None:
    with client.listen("crm") as messages:
        daemon.receive(id_="i1")
        message = messages.receive(timeout=20)
        assert client.send(message.peer, "in passing").id == "o1"


def test_a_client_may_be_shared_by_threads(client: Client) -> None:
    sent: list[str] = []

    def send() -> None:
        sent.extend(client.send("+331", "x").id for _ in range(20))

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(sent)) == 100
    gc.collect()


def test_the_socket_is_the_argument_else_the_variable_else_the_usual_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GSMD_SOCKET", raising=False)
    assert str(Client().path) == "/run/gsmd/gsmd.sock" == str(protocol_state.DEFAULT_SOCKET)
    monkeypatch.setenv("GSMD_SOCKET", "/tmp/other.sock")
    assert str(Client().path) == "/tmp/other.sock"
    assert str(Client("/tmp/third.sock").path) == "/tmp/third.sock"


def test_a_socket_that_may_not_be_opened_says_whose_it_is(
    client: Client, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gsmd.client import errors

    refused = errors.from_connecting(daemon.path, PermissionError(13, "Permission denied"))
    assert isinstance(refused, NotPermitted)
    assert refused.reason == "socket_permission"
    monkeypatch.setattr("os.getegid", lambda: 54321)
    monkeypatch.setattr("os.getgroups", list)
    refused = errors.from_connecting(daemon.path, PermissionError(13, "Permission denied"))
    assert "belongs to the group" in str(refused)
