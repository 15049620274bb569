"""The title of the list: how many secrets there are, the order, the selection, and why there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.tree_navigation import format_place


def format_status(listed: SecretList, list_query: ListQuery, kept_since: datetime | None = None) -> SafeText:
    """Formats the title.

    Args:
        listed: the list, which may still show the result of an earlier query.
        list_query: the newest query.
        kept_since: when the list was stored, if it is that of an earlier session.
    """
    kept = [f"as of {format_time(kept_since)}, refreshing"] if kept_since else []
    return sanitize(" · ".join([*_list_parts(listed, list_query), *kept]))


def _list_parts(listed: SecretList, list_query: ListQuery) -> Iterator[str]:
    model = listed.model
    if place := format_place(listed):
        yield place
    yield _format_count(model.match_count, list_query, model.total, has_more=not model.is_count_final)
    if (next_view := model.next_view) is not None and next_view.scanned:
        why = f" to sort {list_query.describe_order()}" if next_view.sorts_locally else ""
        yield f"reading all{why}: {next_view.scanned:,} read, {count_matches(next_view.match_count)}, Esc stops"
    elif listed.reads_to_end:
        yield "still reading, any key stops"
    elif listed.busy and list_query.predicates:
        yield f"{model.scanned:,} read, still reading"
    yield model.list_query.describe_order()
    if model.list_query.planned:
        yield "scheduled for deletion"
    if many := len(listed.selection.entries):
        unseen = f" ({elsewhere:,} not in this list)" if (elsewhere := listed.selection.count_elsewhere()) else ""
        yield f"✓ {many:,} marked{unseen}"


def _format_count(count: int, list_query: ListQuery, total: int | None, *, has_more: bool) -> str:
    more = "+" if has_more else ""
    if list_query.text.strip():
        if total is None:
            return count_matches(count, more)
        return f"{count:,}{more} of {total:,}"
    if has_more and total is not None:
        return f"{total:,} secrets"
    return f"{count:,}{more} {'secret' if count == 1 else 'secrets'}"


def count_matches(count: int, more: str = "") -> str:
    """Formats a number of matches, such as `1 match`; `more` is a sign behind the number."""
    return f"{count:,}{more} {'match' if count == 1 else 'matches'}"


def explain_empty_list(list_query: ListQuery, find_key: Callable[[str], str]) -> str:
    """Returns what stands in place of an empty list.

    Args:
        find_key: returns the key of a shortcut, by its id.
    """
    if list_query.text.strip():
        return f"No matches.\n\n{find_key('secrets.back')} leaves the filter; press it again to clear it."
    if list_query.planned:
        return (
            "No secrets scheduled for deletion.\n\n"
            f"{find_key('secrets.delete')} schedules the deletion of a secret.\n"
            f"{find_key('secrets.restore')} restores a secret listed here.\n"
            f"{find_key('secrets.planned')} returns to the list."
        )
    return (
        "No secrets yet.\n\n"
        f"{find_key('secrets.add')} creates one.\n"
        f"{find_key('secrets.planned')} shows secrets scheduled for deletion.\n"
        f"{find_key('everywhere.go')} v imports from KeePass, .env files, AWS and others."
    )
