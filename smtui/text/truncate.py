"""Shortens text for a narrow column."""

from __future__ import annotations

from collections.abc import Set

from smtui.text.sanitize import SafeText


def truncate_middle(name: SafeText, width: int) -> SafeText:
    """Replaces the middle of an ASCII name by an ellipsis if it is longer than `width`.

    Names with a common prefix differ at their end. Other names are returned unchanged.
    """
    if len(name) <= width or not name.isascii():
        return name
    behind = (width - 1) // 2
    return SafeText(f"{name[:width - 1 - behind]}…{name[-behind:]}")


def shorten_positions(positions: Set[int], length: int, shown: int) -> set[int]:
    """Returns where characters of a name are after `truncate_middle`; without those in its middle.

    Args:
        positions: the indexes in the whole name.
        length: the number of characters of the whole name.
        shown: the number of characters of the truncated name.
    """
    behind = (shown - 1) // 2
    kept = {at for at in positions if at < shown - 1 - behind}
    return kept | {at - length + shown for at in positions if at >= length - behind}
