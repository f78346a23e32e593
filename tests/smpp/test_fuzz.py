"""A short run of the fuzz target: the long one is ``make fuzz-smpp``."""

from tests.fuzz import smpp as target


def test_a_few_thousand_mutants_are_values_answers_or_the_error() -> None:
    seen = target.run(count=4000, seed=20)
    assert {"SubmitSm", "BindTransceiver", "ESME_RINVCMDLEN", "ESME_RINVMSGLEN"} <= seen.keys()
    assert seen["sessions"] > 10
