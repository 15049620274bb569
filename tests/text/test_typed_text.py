"""Tests of text that users type or paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.text.sanitize import sanitize
from smtui.text.typed_text import can_be_typed, normalize_line_breaks


@given(st.text())
def test_what_can_be_typed_can_be_seen(text: str) -> None:
    """A field never contains invisible characters."""
    if can_be_typed(text):
        assert sanitize(text) == text
    if can_be_typed(text, lines=True):
        assert sanitize(text.replace("\t", ""), lines=True) == text.replace("\t", "")


def test_bytes_cannot_be_typed() -> None:
    assert not can_be_typed(b"plain")
    assert can_be_typed("a\nb", lines=True) and not can_be_typed("a\nb")


@pytest.mark.parametrize(("pasted", "text"), [("a\r\nb\rc\nd", "a\nb\nc\nd"), ("\r\r\n", "\n\n"), ("", "")])
def test_every_line_break_becomes_a_line_feed(pasted: str, text: str) -> None:
    assert normalize_line_breaks(pasted) == text
