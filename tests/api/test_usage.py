"""Who asks for much, who sends nonsense, and for how long that is remembered: times are made up."""

from gsmd.api.fairness.usage import (
    BAND,
    FORGIVEN,
    MUCH,
    NOTHING_SAID,
    TOO_MUCH_WASTE,
    Leak,
    Processes,
    ServiceClass,
    Usage,
)


def usage(processes: Processes | None = None, pid: int = 1, uid: int = 0) -> Usage:
    return Usage((processes or Processes()).of(pid, uid, 0.0))


def test_what_was_spent_drains_away() -> None:
    leak = Leak(rate=0.5, most=10)
    leak.add(4, 0.0)
    assert [leak.level(at) for at in (0, 2, 8, 100)] == [4, 3, 0, 0]


def test_a_debt_does_not_grow_without_bound() -> None:
    leak = Leak(rate=1, most=10)
    leak.add(1000, 0.0)
    assert leak.level(0) == 10


def test_a_client_that_asks_now_and_then_stays_light() -> None:
    client = usage()
    for second in range(1000):
        client.use(0.01, float(second))
        assert client.standing(float(second)) is ServiceClass.LIGHT


def test_a_client_that_asks_for_much_is_heavy_until_it_has_paused() -> None:
    client = usage()
    for _ in range(1000):
        client.use(MUCH, 0.0)
    assert client.standing(0.0) is ServiceClass.HEAVY
    assert client.standing(FORGIVEN + 0.1) is ServiceClass.LIGHT


def test_a_client_that_sends_nonsense_is_unruly_until_it_has_behaved() -> None:
    client = usage()
    client.waste(TOO_MUCH_WASTE / 2, 0.0)
    assert client.standing(0.0) is ServiceClass.LIGHT
    for _ in range(1000):
        client.waste(TOO_MUCH_WASTE, 0.0)
    assert client.standing(0.0) is ServiceClass.UNRULY
    assert client.standing(FORGIVEN + 0.1) is ServiceClass.LIGHT


def test_what_a_process_wasted_counts_for_its_new_connections_until_they_ask_for_something() -> (
    None
):
    processes = Processes()
    usage(processes).waste(1.0, 0.0)
    anew = usage(processes)
    assert anew.standing(0.0) is ServiceClass.UNRULY
    anew.proven = True
    assert anew.standing(0.0) is ServiceClass.LIGHT


def test_many_connections_of_one_process_are_no_offence() -> None:
    processes = Processes()
    clients = [Usage(processes.of(1, 0, 0.0), second / 10) for second in range(500)]
    for client in clients:
        client.use(MUCH / 2, 50.0)
    assert {client.standing(50.0) for client in clients} == {ServiceClass.LIGHT}


def test_other_processes_of_the_user_are_not_to_blame() -> None:
    processes = Processes()
    usage(processes, pid=1).waste(1.0, 0.0)
    assert usage(processes, pid=2).standing(0.0) is ServiceClass.LIGHT


def test_a_user_whose_new_processes_are_all_unruly_is_expected_to_go_on_like_that() -> None:
    processes = Processes()
    for pid in range(BAND):
        usage(processes, pid).waste(1.0, 0.0)
    assert usage(processes, pid=100).standing(0.0) is ServiceClass.UNRULY
    assert usage(processes, pid=101, uid=5).standing(0.0) is ServiceClass.LIGHT
    assert usage(processes, pid=102).standing(FORGIVEN + 1) is ServiceClass.LIGHT


def test_a_number_that_another_users_process_had_before_is_nobodys_record() -> None:
    processes = Processes()
    usage(processes, pid=1, uid=1).waste(1.0, 0.0)
    assert usage(processes, pid=1, uid=2).standing(0.0) is ServiceClass.LIGHT


def test_a_process_is_remembered_as_long_as_it_is_connected_or_has_wasted() -> None:
    processes = Processes()
    kept = processes.of(1, 0, 0.0)
    assert processes.of(1, 0, 0.0) is kept
    kept.waste(NOTHING_SAID, 0.0)
    del kept
    assert len(processes._known) == 1
    for pid in range(2, 100):
        processes.of(pid, 0, 1000.0)
    assert len(processes._known) == 0


def test_who_connects_again_and_again_without_a_pause_takes_turns_with_its_like() -> None:
    processes = Processes()
    process = processes.of(1, 0, 0.0)
    standings = [Usage(process, at / 1000).standing(at / 1000) for at in range(1000)]
    assert standings[:50] == [ServiceClass.LIGHT] * 50
    assert standings[-1] is ServiceClass.HEAVY
    assert Usage(processes.of(2, 0, 1.0), 1.0).standing(1.0) is ServiceClass.LIGHT
    last = Usage(process, 1.0)
    assert last.standing(1.0) is ServiceClass.HEAVY
    assert last.standing(1.2) is ServiceClass.LIGHT  # once it is in, only what it asks for counts


def test_who_connects_for_each_message_is_light() -> None:
    process = Processes().of(1, 0, 0.0)
    for number in range(10_000):
        assert Usage(process, number / 20).standing(number / 20) is ServiceClass.LIGHT
