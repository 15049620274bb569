"""Tests of the sentences that say why something could not be read."""

from __future__ import annotations

import pytest

from smtui.tui.widgets.read_state import make_failed_state


@pytest.mark.parametrize(("reason", "said"), [
    ("Rate exceeded\nTry again later.", "Could not read: Rate exceeded. Try again later. r retries."),
    ("You may not.", "Could not read: You may not. r retries."),
    ("You may not  do: x:Get", "Could not read: You may not do: x:Get. r retries."),
    ("", "Could not read: unknown reason. r retries."),
])
def test_a_message_without_a_full_stop_gets_one(reason: str, said: str) -> None:
    assert make_failed_state(reason).format_text("r") == said
