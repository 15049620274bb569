"""Tests that the table of operations is complete."""

from __future__ import annotations

from smtui.engine.declaration import CONTRACT, OPERATIONS
from smtui.engine.operation_modules import MODULES


def test_each_operation_is_declared_in_the_module_of_the_table() -> None:
    found = {name: declared.run.__module__.rpartition(".")[2] for name, declared in OPERATIONS.items()}

    assert found == MODULES
    assert set(found) == set(CONTRACT)
    assert len(OPERATIONS) == len(MODULES)
