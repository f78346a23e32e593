"""Who is tried with what: decided by the seed and the number, and by nothing else."""

import hashlib
import hmac
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gsmd.features.campaigns.assigning import assigned
from gsmd.features.campaigns.trial_table import REST

PEOPLE = st.lists(st.integers(10**8, 10**9 - 1), unique=True, max_size=60).map(
    lambda found: [f"+33{number}" for number in found]
)


def as_documented(seed: str, people: list[str], tried: int, variants: int) -> dict[str, int]:
    """The same by the words of docs/twoway.md."""

    def lot(number: str) -> bytes:
        return hmac.new(seed.encode(), number.encode(), hashlib.sha256).digest()[:8]

    order = sorted(people, key=lot)
    return {number: rank % variants for rank, number in enumerate(order[:tried])}


@given(PEOPLE, st.floats(0.01, 1), st.integers(2, 5))
def test_the_share_is_taken_by_the_lots_and_the_variants_have_equally_many(
    people: list[str], share: float, variants: int
) -> None:
    found = assigned(list(enumerate(people)), "5eed", share, variants)
    tried = {people[place]: number for place, number in found if number != REST}

    assert [place for place, _ in found] == list(range(len(people)))
    assert len(tried) == min(len(people), max(variants, round(share * len(people))))
    assert tried == as_documented("5eed", people, len(tried), variants)
    counts = Counter(tried.values())
    assert not counts or max(counts.values()) - min(counts.values()) <= 1


def test_another_seed_tries_others() -> None:
    people = [(place, f"+336{place:08}") for place in range(200)]
    one, other = (dict(assigned(people, seed, 0.5, 2)) for seed in ("one", "other"))
    alike = sum(one[place] == other[place] for place, _ in people)

    assert 40 < alike < 120  # three eighths by chance
