"""Recognising the format of a file, and refusing what is not text."""

from __future__ import annotations

import pytest

from smtui.transfer import formats
from smtui.transfer.errors import UnreadableFileError


def test_the_format_is_seen() -> None:
    for text in ("A=1\n", '\n {"A": "1"}', "\ufeffA=1", '\ufeff{"A": "1"}'):
        assert [(entry.name, entry.value) for entry in formats.parse(text.encode(), "f").entries] == [("A", "1")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"A=1\nB=\xff\xfe\n", "line 2"),
        (b"\xff\xfeA\x00=\x001\x00", "not UTF-8"),
        (b"A=1\n\nB=a\0b\n", "line 3: a NUL"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        formats.parse(raw, "f")
