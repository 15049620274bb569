"""What is done to several secrets at once, or to one: each is a gesture of the list, read top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.pick import Pick
from smtui.tui.secret.tag_edit import edit_tags
from smtui.tui.secret.tags import extract_tags
from smtui.tui.secret_list.bulk_tags import TagsPlan
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.export import ExportPlan, write_export
from smtui.tui.secret_list.plan import format_count
from smtui.tui.secret_list.plan_dialog import PlanScreen, run_plan_dialog
from smtui.tui.secret_list.restore import RestorePlan
from smtui.tui.undo import inverse

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry
    from smtui.tui.secret_list.listing import ListingScreen

Entries = Sequence["SecretListEntry"]


async def delete(screen: ListingScreen, entries: Entries) -> None:
    await _run_plan(screen, DeletionPlan(screen.session, entries))


async def restore(screen: ListingScreen, entries: Entries) -> None:
    """One is restored at once: that can be undone."""
    if len(entries) > 1:
        await _run_plan(screen, RestorePlan(screen.session, entries))
        return
    [entry] = entries
    if "DeletedDate" not in entry:
        screen.say(f"No deletion of {entry['Name']} is planned.")
        return
    await call(screen.client.restore_secret, SecretId=entry["ARN"])
    inverse.record_restore(screen.session, entry["ARN"], sanitize(entry["Name"]), entry["DeletedDate"])
    await screen.done(f"{entry['Name']} is restored.")


async def tag(screen: ListingScreen, entries: Entries) -> None:
    """One secret's tags are edited as they are; of several, one says what becomes different."""
    if len(entries) > 1:
        await _run_plan(screen, TagsPlan(screen.session, entries))
        return
    [entry] = entries
    await edit_tags(screen, entry["ARN"], sanitize(entry["Name"]), extract_tags(entry))


async def export(screen: ListingScreen, entries: Entries) -> None:
    dialog = ExportPlan(screen.session, entries)
    if await screen.app.push_screen_wait(dialog) is not None:
        screen.app.run_task(partial(write_export, dialog=dialog))


async def copy_names(screen: ListingScreen, entries: Entries) -> None:
    """One a line."""
    titles = [SafeText("names"), SafeText("ARNs")]
    picked = await screen.app.push_screen_wait(Pick(sanitize(f"Copy what of {format_count(len(entries))}?"), titles))
    if picked is not None:
        words = [entry["ARN"] if picked else entry["Name"] for entry in entries]
        await screen.app.copy("\n".join(words), f"{titles[picked].capitalize()} of {format_count(len(entries))}")


async def _run_plan(screen: ListingScreen, dialog: PlanScreen) -> None:
    """What is done is not marked any more; what was refused still is."""
    done: list[Any] = await run_plan_dialog(screen, dialog)
    if done:
        screen.secrets.deselect(item.arn for item in done)
        await screen.reload()
