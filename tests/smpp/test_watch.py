from gsmd.smpp import Due, Limits, Watch

LIMITS = Limits(session_init=10, enquire=30, answer=10, whole=10)


def test_who_does_not_bind_in_time_is_closed() -> None:
    watch = Watch(LIMITS, 100)
    assert (watch.due(109.9), watch.next_at()) == (Due.NOTHING, 110)
    assert watch.due(110) is Due.CLOSE
    assert watch.reason == "not bound in time"


def test_who_says_nothing_is_asked_and_then_closed() -> None:
    watch = Watch(LIMITS, 0)
    watch.bound()
    watch.heard(5)
    assert (watch.due(34.9), watch.next_at()) == (Due.NOTHING, 35)
    assert watch.due(35) is Due.ENQUIRE
    watch.asked(35)
    assert (watch.due(44.9), watch.next_at()) == (Due.NOTHING, 45)
    assert watch.due(45) is Due.CLOSE


def test_any_pdu_is_a_sign_of_life() -> None:
    watch = Watch(LIMITS, 0)
    watch.bound()
    watch.asked(30)
    assert watch.heard(39)
    assert not watch.heard(39)
    assert (watch.due(60), watch.next_at()) == (Due.NOTHING, 69)


def test_a_question_may_be_asked_with_less_patience() -> None:
    watch = Watch(LIMITS, 0)
    watch.bound()
    watch.asked(20)
    watch.asked(22, within=5)
    assert (watch.due(26.9), watch.due(27)) == (Due.NOTHING, Due.CLOSE)


def test_half_a_pdu_does_not_lie_about_for_ever_although_octets_come() -> None:
    watch = Watch(LIMITS, 0)
    watch.bound()
    for second in range(10):
        watch.half(1 + second, waiting=True)
        assert watch.due(1 + second) is Due.NOTHING
    assert watch.due(11) is Due.CLOSE
    watch.half(11, waiting=False)
    assert watch.due(11) is Due.NOTHING
