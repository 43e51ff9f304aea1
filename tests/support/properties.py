"""How property tests look for examples: the same ones in every run, or new ones in a search.

The profile `areatag` is what `make test` runs. `pytest --hypothesis-profile=search PATH` tries more examples, others in
each run, and keeps those that fail in `.hypothesis/` for the next one; what it finds becomes an `@example` of the test.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_SLOW_MACHINE = (HealthCheck.too_slow,)
SHARED_FIXTURES = (*_SLOW_MACHINE, HealthCheck.function_scoped_fixture)
"""For `suppress_health_check` of a test whose examples share its folder or other fixtures, and keep apart in them."""


def load_profiles() -> None:
    """Register the profiles and load `areatag`; pytest's option then loads another one."""
    # No test asserts a time: a busy machine needs long for an example that is otherwise quick.
    settings.register_profile("areatag", deadline=None, derandomize=True, suppress_health_check=_SLOW_MACHINE)
    settings.register_profile(
        "search", deadline=None, suppress_health_check=_SLOW_MACHINE, max_examples=500, derandomize=False
    )
    settings.load_profile("areatag")
