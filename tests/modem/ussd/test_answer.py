"""The answer is not always the first thing that the network says."""

import pytest

from gsmd.modem.errors import UssdFailed
from gsmd.modem.link.urc import UssdNews
from gsmd.modem.timeouts import Timeouts
from gsmd.modem.ussd.answer import Answer, UssdReply

TIMEOUTS = Timeouts()
RELEASED = UssdNews(2, "Initiating Release", 15)
EMPTY = UssdNews(0, None, None)
MENU = UssdNews(1, "1) Balance", 15)
BALANCE = UssdNews(0, "Your balance is R 1.00", 15)
MORE = UssdNews(0, " until May", 15)


def answer(*news: UssdNews) -> Answer:
    made = Answer()
    for each in news:
        made.add(each)
    return made


@pytest.mark.parametrize(
    ("news", "text", "session"),
    [
        ((BALANCE,), "Your balance is R 1.00", False),
        ((RELEASED, BALANCE), "Your balance is R 1.00", False),
        ((BALANCE, RELEASED), "Your balance is R 1.00", False),
        ((UssdNews(2, None, None), BALANCE), "Your balance is R 1.00", False),
        ((EMPTY, BALANCE), "Your balance is R 1.00", False),
        ((EMPTY, EMPTY, BALANCE), "Your balance is R 1.00", False),
        ((BALANCE, EMPTY), "Your balance is R 1.00", False),
        ((BALANCE, MORE), "Your balance is R 1.00 until May", False),
        ((BALANCE, BALANCE), "Your balance is R 1.00", False),
        ((UssdNews(2, "It is ", 15), UssdNews(2, "R 1.00", 15)), "It is R 1.00", False),
        ((RELEASED,), "Initiating Release", False),
        ((MENU,), "1) Balance", True),
        ((RELEASED, MENU), "1) Balance", True),
        ((MENU, UssdNews(2, None, None)), "1) Balance", False),
        ((EMPTY,), "", False),
        ((UssdNews(4, None, None), BALANCE), "Your balance is R 1.00", False),
    ],
)
def test_a_text_that_is_no_release_is_the_answer(
    news: tuple[UssdNews, ...], text: str, session: bool
) -> None:
    assert answer(*news).reply() == UssdReply(text, session=session)


@pytest.mark.parametrize(
    ("news", "patience"),
    [
        ((), None),
        ((BALANCE,), TIMEOUTS.ussd_more),
        ((MENU,), TIMEOUTS.ussd_more),
        ((RELEASED, BALANCE), TIMEOUTS.ussd_more),
        ((RELEASED,), TIMEOUTS.ussd_release),
        ((EMPTY,), TIMEOUTS.ussd_empty),
        ((UssdNews(2, None, None),), TIMEOUTS.ussd_empty),
        ((UssdNews(4, None, None),), 0.0),
        ((UssdNews(5, None, None),), 0.0),
    ],
)
def test_how_long_is_waited_for_more_depends_on_what_has_come(
    news: tuple[UssdNews, ...], patience: float | None
) -> None:
    assert answer(*news).patience(TIMEOUTS) == patience


def test_an_error_ends_it_with_its_reason_unless_there_is_a_text() -> None:
    failed = answer(EMPTY)
    failed.fail("+CME ERROR: 258")
    assert failed.patience(TIMEOUTS) == 0.0
    with pytest.raises(UssdFailed, match="258"):
        failed.reply()
    answered = answer(BALANCE)
    answered.fail("+CME ERROR: 258")
    assert answered.reply().text == "Your balance is R 1.00"
