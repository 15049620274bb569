"""Tests that the generated contract equals the published service model."""

import pytest

from smtui.api.errors import CLIENT_ERRORS
from smtui.api.model import OPERATIONS
from tests.contract import generate, oracle


@pytest.mark.parametrize("name", ["model", "types"])
def test_generated_modules_are_those_of_the_published_model(name: str) -> None:
    """Shapes, required members, limits, patterns and sensitivity come only from the model."""
    expected = getattr(generate, name)()

    assert (generate.API / f"{name}.py").read_text(encoding="utf-8") == expected


def test_all_23_operations_are_in_the_table() -> None:
    assert len(OPERATIONS) == 23


def test_every_error_of_the_model_has_its_class() -> None:
    for operation in OPERATIONS:
        for shape in oracle.MODEL.operation_model(operation).error_shapes:
            assert shape.name in CLIENT_ERRORS
