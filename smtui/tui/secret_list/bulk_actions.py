"""Operations of the list on one or several secrets: delete, restore, tag, export, and copy names.

Each function takes the screen of the list and at least one entry of ListSecrets, and runs inside a gesture.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.pick import Pick
from smtui.tui.secret.tag_edit import edit_tags
from smtui.tui.secret.tags import extract_tags
from smtui.tui.secret_list.bulk_tags import TagsPlan
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.export import export_secrets
from smtui.tui.secret_list.plan import format_count
from smtui.tui.secret_list.plan_dialog import PlanScreen, run_plan_dialog
from smtui.tui.secret_list.restore import RestorePlan, restore_secret

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry
    from smtui.tui.secret_list.listing import ListingScreen

Entries = Sequence["SecretListEntry"]


async def delete(screen: ListingScreen, entries: Entries) -> None:
    """Opens the deletion plan."""
    await _run_plan(screen, DeletionPlan(screen.session, entries))


async def restore(screen: ListingScreen, entries: Entries) -> None:
    """Restores one secret; opens a plan for several."""
    if len(entries) > 1:
        await _run_plan(screen, RestorePlan(screen.session, entries))
    else:
        await restore_secret(screen, entries[0])


async def tag(screen: ListingScreen, entries: Entries) -> None:
    """Opens the tag editor for one secret; opens a plan of tag changes for several."""
    if len(entries) > 1:
        await _run_plan(screen, TagsPlan(screen.session, entries))
        return
    [entry] = entries
    await edit_tags(screen, entry["ARN"], sanitize(entry["Name"]), extract_tags(entry))


async def export(screen: ListingScreen, entries: Entries) -> None:
    """Starts the export as a task."""
    screen.app.run_task(partial(export_secrets, entries=entries))


async def copy_names(screen: ListingScreen, entries: Entries) -> None:
    """Copies the names or the ARNs, one per line."""
    titles = [SafeText("names"), SafeText("ARNs")]
    title = sanitize(f"Copy names or ARNs of {format_count(len(entries))}")
    picked = await screen.app.push_screen_wait(Pick(title, titles))
    if picked is not None:
        words = [entry["ARN"] if picked else entry["Name"] for entry in entries]
        await screen.app.copy("\n".join(words), f"{titles[picked].capitalize()} of {format_count(len(entries))}")


async def _run_plan(screen: ListingScreen, dialog: PlanScreen) -> None:
    """Runs a plan, and deselects the secrets for which it succeeded."""
    done: list[Any] = await run_plan_dialog(screen, dialog)
    if done:
        screen.secrets.selection.deselect(item.arn for item in done)
        await screen.reload()
