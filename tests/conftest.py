"""What holds for all tests."""

import sys

from hypothesis import HealthCheck, settings

from tests import tools

sys.addaudithook(tools.watch)

# A busy machine is no defect: how long an example takes is never what a test is about.
settings.register_profile(
    "steady", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")
