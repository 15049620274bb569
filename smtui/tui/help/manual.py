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
    yield chapter, labels.AWSCURRENT, "the version that is answered unless another is named; one version has it"
    yield chapter, labels.AWSPREVIOUS, (
        f"the version before: it follows by itself when {labels.AWSCURRENT} moves, and a rollback goes back to it")
    yield chapter, labels.AWSPENDING, f"the version that a rotation is making, until it becomes {labels.AWSCURRENT}"
    yield chapter, "your own", f"up to {limits.MAX_LABELS_PER_SECRET} a secret, each on one version at a time"
    yield chapter, "none", "a version without a label is deprecated, and goes when there are too many; it can be read"


def _describe_filter() -> Iterator[Row]:
    for words, finds in list_grammar():
        yield "Words of the filter", " ".join(words), finds
    for word, finds in GRAMMAR:
        yield "Words of the audit log's filter", word, finds


def _describe_deletion() -> Iterator[Row]:
    chapter = "Deletion"
    yield chapter, "planned", (
        f"it happens {limits.MIN_RECOVERY_DAYS} to {limits.MAX_RECOVERY_DAYS} days later; until then the secret "
        "cannot be read, and can be restored")
    yield chapter, "at once", "nothing brings the secret back, so the word has to be typed"
    yield chapter, "a replica", "is removed from its Region; a primary goes after its replicas"


def _describe_values(app: Shell) -> Iterator[Row]:
    chapter, settings = "Values on screen and clipboard", app.settings
    yield chapter, "hidden", (
        f"until asked for; then shown for {settings.reveal_timeout} seconds, or until another window has the focus"
        if settings.reveal_timeout else "until asked for, and when another window has the focus")
    way = next((backend.name for backend in list_backends(app.pasteboard.osc52)), "no way")
    kept = f"for {settings.clipboard_timeout} seconds" if settings.clipboard_timeout else "until the end"
    cleared = ("the terminal is asked to clear it, which cannot be verified" if way == "OSC 52"
               else "it is cleared only where it is still what was copied")
    yield chapter, "copied", f"here with {way}, {kept}; {cleared}"
    yield chapter, "each reading", "is in the audit log, with the time and who it was"


def _describe_places(session: Session) -> Iterator[Row]:
    chapter = "Where things lie, and ways in"
    yield chapter, "vault", str(session.vault.path.absolute())
    yield chapter, "settings", str(get_settings_path())
    yield chapter, "state", f"{get_state_path()}: which vaults were opened, and how new they were"
    yield chapter, "forgotten", "the recovery code that was shown with the passphrase opens the vault: smtui recover"
    yield chapter, "scripts", "the same vault, by the words of the aws CLI: smtui get-secret-value --secret-id NAME"
