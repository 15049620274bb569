"""The text of the manual: rows of a chapter, a word and a sentence.

Limits, labels and settings come from their declarations, so that the manual agrees with the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smtui.api import limits
from smtui.clipboard.backends import list_backends
from smtui.rules import labels
from smtui.system.settings import get_settings_path, get_state_path
from smtui.text.dates import format_duration
from smtui.tui.audit.query import GRAMMAR
from smtui.tui.command_line.general_commands import list_general_commands
from smtui.tui.secret_list.filter_text import list_grammar

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

Row = tuple[str, str, str]


def list_manual_rows(app: Shell, session: Session) -> Iterator[Row]:
    """Yields all rows of the manual, one chapter after the other."""
    yield from _describe_versions()
    yield from _describe_filter()
    yield from _describe_commands(app)
    yield from _describe_deletion()
    yield from _describe_values(app)
    yield from _describe_places(session)


def _describe_versions() -> Iterator[Row]:
    chapter = "Versions and their labels"
    yield chapter, labels.AWSCURRENT, "the version that calls return by default; exactly one version has this label"
    yield chapter, labels.AWSPREVIOUS, (
        f"the previous version; moves with {labels.AWSCURRENT}; a rollback returns to it")
    yield chapter, labels.AWSPENDING, f"the version created by a rotation, until it becomes {labels.AWSCURRENT}"
    yield chapter, "your own", f"up to {limits.MAX_LABELS_PER_SECRET} per secret, each on one version at a time"
    yield chapter, "none", "a version without labels is deprecated and can be removed at any time"


def _describe_filter() -> Iterator[Row]:
    for words, finds in list_grammar():
        yield "Filter", " ".join(words), finds
    for word, finds in GRAMMAR:
        yield "Audit log filter", word, finds


def _describe_commands(app: Shell) -> Iterator[Row]:
    for command in list_general_commands(app):
        yield "Command line", f":{command.usage}", command.tooltip


def _describe_deletion() -> Iterator[Row]:
    chapter = "Deletion"
    yield chapter, "scheduled", (
        f"recovery window of {limits.MIN_RECOVERY_DAYS} to {limits.MAX_RECOVERY_DAYS} days; until it ends, the secret "
        "cannot be read but can be restored")
    yield chapter, "immediate", "without recovery; requires typing a word to confirm"
    yield chapter, "a replica", "is deleted from its Region; delete all replicas before the primary"


def _describe_values(app: Shell) -> Iterator[Row]:
    chapter, settings = "Values on screen and clipboard", app.settings
    yield chapter, "hidden", (
        f"until revealed, for {format_duration(settings.reveal_timeout)} or until the terminal loses focus"
        if settings.reveal_timeout else "until revealed, until the terminal loses focus")
    way = next((backend.name for backend in list_backends(app.pasteboard.osc52)), "no tool")
    kept = f"for {format_duration(settings.clipboard_timeout)}" if settings.clipboard_timeout else "until smtui exits"
    cleared = ("the terminal is asked to clear it, which cannot be verified" if way == "OSC 52"
               else "cleared only if it still holds the copy")
    yield chapter, "copied", f"via {way}, {kept}; {cleared}"
    yield chapter, "each read", "recorded in the audit log with time and caller"


def _describe_places(session: Session) -> Iterator[Row]:
    chapter = "Files and access"
    yield chapter, "vault", str(session.vault.path.absolute())
    yield chapter, "settings", str(get_settings_path())
    yield chapter, "state", f"{get_state_path()}: recent vaults and the last known state of each"
    yield chapter, "agent, endpoint", (
        "the Access screen starts them; commands and AWS SDKs then use the unlocked vault, until these screens lock")
    yield chapter, "forgotten passphrase", "open the vault with the recovery code: smtui recover"
    yield chapter, "scripts", "the options of the aws CLI on the same vault: smtui get-secret-value --secret-id NAME"
