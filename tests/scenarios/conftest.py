"""Stories are told to the same command line as in tests/cli, on a machine nobody used before."""

from tests.cli.conftest import bare, home, person

__all__ = ["bare", "home", "person"]
