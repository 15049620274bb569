"""The clipboard is tested with the screens' program, so its fixtures are here too."""

from tests.tui.conftest import (  # noqa: F401
    app,
    frames,
    independent_of_speed,
    monotonic,
    one_time_and_place,
    still,
    tool,
)
