"""Tests that the table of operations is complete, and what happens if a module of it cannot be read."""

from __future__ import annotations

import errno

import pytest

from smtui.api.errors import VaultError
from smtui.engine import operation_modules
from smtui.engine.declaration import CONTRACT, OPERATIONS
from smtui.engine.operation_modules import MODULES, import_operation


def test_each_operation_is_declared_in_the_module_of_the_table() -> None:
    found = {name: declared.run.__module__.rpartition(".")[2] for name, declared in OPERATIONS.items()}

    assert found == MODULES
    assert set(found) == set(CONTRACT)
    assert len(OPERATIONS) == len(MODULES)


def test_a_module_that_cannot_be_read_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise OSError(errno.EMFILE, "Too many open files", name)

    monkeypatch.setattr(operation_modules, "import_module", refuse)
    with pytest.raises(VaultError, match=r"^A module of smtui cannot be read: Too many open files\.$"):
        import_operation("RotateSecret")
