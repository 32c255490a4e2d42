"""What all tests share."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases"]

# The same examples in every run, and no time limits on them: the machine may be busy.
settings.register_profile(
    "deterministic", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("deterministic")
