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
from smtui.tui.audit.query import GRAMMAR
from smtui.tui.secret_list.filter_text import list_grammar

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

Row = tuple[str, str, str]


def list_manual_rows(app: Shell, session: Session) -> Iterator[Row]:
    """Yields all rows of the manual, one chapter after the other."""
    yield from _describe_versions()
    yield from _describe_filter()
    yield from _describe_deletion()
    yield from _describe_values(app)
    yield from _describe_places(session)


def _describe_versions() -> Iterator[Row]:
    chapter = "Versions and their labels"
    yield chapter, labels.AWSCURRENT, "the version that calls return unless they name another; exactly one has it"
    yield chapter, labels.AWSPREVIOUS, (
        f"the previous version: it moves when {labels.AWSCURRENT} moves; a rollback returns to it")
    yield chapter, labels.AWSPENDING, f"the version that a rotation creates, until it becomes {labels.AWSCURRENT}"
    yield chapter, "your own", f"up to {limits.MAX_LABELS_PER_SECRET} per secret, each on one version at a time"
    yield chapter, "none", "a version without labels is deprecated: it can be read until it is removed"


def _describe_filter() -> Iterator[Row]:
    for words, finds in list_grammar():
        yield "Filter", " ".join(words), finds
    for word, finds in GRAMMAR:
        yield "Audit log filter", word, finds


def _describe_deletion() -> Iterator[Row]:
    chapter = "Deletion"
    yield chapter, "scheduled", (
        f"recovery window of {limits.MIN_RECOVERY_DAYS} to {limits.MAX_RECOVERY_DAYS} days; until its end the secret "
        "cannot be read, and can be restored")
    yield chapter, "immediate", "without recovery, so a word must be typed to confirm it"
    yield chapter, "a replica", "is removed from its Region; a primary can be deleted after its replicas"


def _describe_values(app: Shell) -> Iterator[Row]:
    chapter, settings = "Values on screen and clipboard", app.settings
    yield chapter, "hidden", (
        f"until revealed, for {settings.reveal_timeout} seconds or until another window has the focus"
        if settings.reveal_timeout else "until revealed, until another window has the focus")
    way = next((backend.name for backend in list_backends(app.pasteboard.osc52)), "no tool")
    kept = f"for {settings.clipboard_timeout} seconds" if settings.clipboard_timeout else "until smtui exits"
    cleared = ("the terminal is asked to clear it, which cannot be verified" if way == "OSC 52"
               else "it is cleared only if it still holds the copy")
    yield chapter, "copied", f"with {way}, {kept}; {cleared}"
    yield chapter, "each read", "is recorded in the audit log, with time and caller"


def _describe_places(session: Session) -> Iterator[Row]:
    chapter = "Files and access"
    yield chapter, "vault", str(session.vault.path.absolute())
    yield chapter, "settings", str(get_settings_path())
    yield chapter, "state", f"{get_state_path()}: recent vaults, and the last state seen of each"
    yield chapter, "forgotten passphrase", "the recovery code opens the vault: smtui recover"
    yield chapter, "scripts", "the same vault with the options of the aws CLI: smtui get-secret-value --secret-id NAME"
