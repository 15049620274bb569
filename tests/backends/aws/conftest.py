"""Fixtures for tests of AWS accounts as contexts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smtui.backends.aws.context import AwsContext
from smtui.system.context_settings import ContextSettings
from tests.aws_server import Aws, aws, aws_server

__all__ = ["aws", "aws_server"]


@pytest.fixture
def context(aws: Aws) -> Iterator[AwsContext]:
    """The account of profile `a`, with changes allowed."""
    with AwsContext(ContextSettings("dev", profile="a", protect="no")) as found:
        yield found


@pytest.fixture
def protected(aws: Aws) -> Iterator[AwsContext]:
    """The same account, protected as every account is by default."""
    with AwsContext(ContextSettings("prod", profile="a")) as found:
        yield found
