"""A short run of the fuzz target: the long one is ``make fuzz-pdu``."""

from tests.fuzz import pdu as target


def test_a_few_thousand_inputs_are_values_or_the_error() -> None:
    seen = target.run(count=4000, seed=20)
    assert seen.total() == 4000
    assert {"Deliver", "Submit", "StatusReport", "Command", "DeliverReport", "error"} <= seen.keys()
