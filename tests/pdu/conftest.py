"""How many examples a property gets, and that none of them is timed: other tests share the cores."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "gsmd",
    deadline=None,
    max_examples=100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("gsmd")
