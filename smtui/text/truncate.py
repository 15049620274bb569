"""Shortens text for a narrow column."""

from __future__ import annotations

from smtui.text.sanitize import SafeText


def truncate_middle(name: SafeText, width: int) -> SafeText:
    """Replaces the middle of an ASCII name by an ellipsis if it is longer than `width`.

    Names with a common prefix differ at their end. Other names are returned unchanged.
    """
    if len(name) <= width or not name.isascii():
        return name
    behind = (width - 1) // 2
    return SafeText(f"{name[:width - 1 - behind]}…{name[-behind:]}")
