"""Tests of which reads of a screen the audit log records."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

import smtui
from smtui.tui.reader import make_reader


class Client:
    """Notes each read; the first `refusals` of them fail."""

    def __init__(self, refusals: list[smtui.SmtuiError] | None = None) -> None:
        self.reads = 0
        self._refusals = refusals or []

    def list_secrets(self, **params: Any) -> dict[str, Any]:
        self.reads += 1
        if self._refusals:
            raise self._refusals.pop()
        return {}


def read(recorded: Client, unrecorded: Client, times: int) -> tuple[int, int]:
    """Reads several times; returns how many reads were recorded, and how many were not."""
    reader: Any = make_reader(recorded, unrecorded, ["list_secrets"])  # type: ignore[arg-type]
    for _ in range(times):
        with suppress(smtui.SmtuiError):
            reader.list_secrets()
    return recorded.reads, unrecorded.reads


def test_the_first_read_is_recorded() -> None:
    assert read(Client(), Client(), 3) == (1, 2)


def test_a_refusal_is_recorded_and_not_repeated() -> None:
    assert read(Client([smtui.ClientError("no")]), Client(), 3) == (1, 2)


@pytest.mark.parametrize("error", [smtui.VaultBusyError("busy"), smtui.VaultError("Cancelled.")])
def test_a_read_that_was_interrupted_is_made_up_for(error: smtui.SmtuiError) -> None:
    """It has left no event, so the next read does."""
    assert read(Client([error]), Client(), 3) == (2, 1)
