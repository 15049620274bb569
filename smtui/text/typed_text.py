"""Text that users type or paste: whether a field can hold it, and its line breaks."""

from __future__ import annotations

from smtui.text.sanitize import sanitize


def can_be_typed(value: str | bytes, *, lines: bool = False) -> bool:
    """Whether a field can hold a value exactly: text without invisible characters.

    Args:
        value: the value.
        lines: whether line breaks and tabs are allowed too.
    """
    if isinstance(value, bytes):
        return False
    seen = value.replace("\n", "").replace("\t", "") if lines else value
    return sanitize(seen) == seen


def normalize_line_breaks(pasted: str) -> str:
    """Returns `pasted` with LF for every line break. tmux and some terminals send CR, and Windows text has CR LF."""
    return pasted.replace("\r\n", "\n").replace("\r", "\n")
