"""What holds for all tests."""

import signal
import sys

from hypothesis import HealthCheck, settings

from tests import tools

sys.addaudithook(tools.watch)

# Who runs the tests in the background (nohup, a job of a script) has these signals ignored, and all processes after
# it: a program that a test interrupts would go on for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)
for each in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(each, signal.SIG_DFL)

# A busy machine is no defect: how long an example takes is never what a test is about.
settings.register_profile(
    "steady", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")
