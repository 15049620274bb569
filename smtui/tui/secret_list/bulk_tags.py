"""The plan of tag changes for several secrets: tags to set, and keys to remove."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.secret.key_value_editor import KeyValueEditor
from smtui.tui.secret.tags import TagChanges, extract_tags, find_tag_problem, plan_tag_calls
from smtui.tui.secret_list.plan import Item, ItemState, format_count
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.undo import inverse
from smtui.tui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from smtui.api.types import Client

CHANGE_TAGS = "Change tags"


class TagsPlan(PlanScreen):
    """Sets tags on each secret and removes tags by key.

    Keys to remove are separated by commas, which the key of a tag cannot contain.
    """

    BINDINGS = keys.list_bindings("tags")
    KEY_NAMES: ClassVar = {"tags.save": CHANGE_TAGS}
    CSS_PATH: ClassVar = ["plan_dialog.tcss", "bulk_tags.tcss"]
    AUTO_FOCUS = "KeyValueEditor Input"

    pair_editor = getters.query_one(KeyValueEditor)
    removed = getters.query_one("#removed", SafeInput)

    def format_title(self) -> str:
        return f"Tags of {format_count(len(self.plan.items))}"

    def compose_fields(self) -> Iterator[Widget]:
        yield Static("Add to each", classes="-muted")
        yield KeyValueEditor()
        yield Horizontal(
            Static("Remove "), SafeInput(placeholder=self._list_present_keys(), id="removed", compact=True),
            classes="row",
        )  # fmt: skip

    def _list_present_keys(self) -> str:
        present = sorted({key for item in self.plan.items for key in extract_tags(item.entry)})
        return sanitize(f"keys, separated by commas: {', '.join(present)}" if present else "no tags")

    def fill_item(self, item: Item) -> None:
        changes = self._find_changes(item)
        item.note = sanitize("  ".join(changes.describe_changes()))
        item.skip_reason = SafeText() if changes else SafeText("unchanged")
        item.calls = list(plan_tag_calls(self.client, item.arn, changes))
        item.find_conflict = partial(_find_others_change, item, changes)
        item.record_undo = lambda _: inverse.record_tags(
            self.session, item.arn, item.name, changes.before, changes.put, changes.removed)

    def _find_changes(self, item: Item) -> TagChanges:
        before, wanted = extract_tags(item.entry), {pair.key: pair.text for pair in self.pair_editor.pairs}
        removed = tuple(key for key in self._keys_to_remove if key in before and key not in wanted)
        return TagChanges({k: v for k, v in wanted.items() if before.get(k) != v}, removed, before)

    @property
    def _keys_to_remove(self) -> list[str]:
        return [key.strip() for key in self.removed.value.split(",") if key.strip()]

    def find_problem(self) -> str:
        if wrong := find_tag_problem(self.pair_editor.pairs):
            return f"✗ {wrong}"
        both = [pair.key for pair in self.pair_editor.pairs if pair.key in self._keys_to_remove]
        return f"✗ {both[0]} cannot be both added and removed." if both else ""

    def refresh_plan(self) -> None:
        super().refresh_plan()
        if not self.pair_editor.pairs and not self._keys_to_remove:
            self.say("No changes yet.")  # not an error before the user has done anything

    def get_button_label(self) -> str:
        return CHANGE_TAGS

    def describe_consequence(self) -> str:
        changed = format_count(len(self.plan.list_items(ItemState.PLANNED)))
        return f"Tags will change on {changed} of {len(self.plan.items):,}."

    def describe_result(self, done: SafeText, several: bool) -> str:
        return f"Tags of {done} changed."

    # Events and actions.

    @on(Input.Changed, "#removed")
    @on(KeyValueEditor.Changed)
    def _show_changes(self) -> None:
        self.refresh_plan()

    @on(Input.Submitted)
    def _focus_button(self) -> None:
        if not self.go.disabled:
            self.go.focus()

    def action_save(self) -> None:
        self.run_plan()

    @gesture
    async def action_add(self) -> None:
        await self.pair_editor.add()

    @gesture
    async def action_remove(self) -> None:
        await self.pair_editor.remove_focused()


def _find_others_change(item: Item, changes: TagChanges, client: Client) -> str:
    """Describes the tags in `changes` that now differ from those the dialog has shown; empty if there are none."""
    now = extract_tags(client.describe_secret(SecretId=item.arn))
    other = [key for key in sorted({*changes.put, *changes.removed}) if now.get(key) != changes.before.get(key)]
    said = ", ".join(f"{key} is now {now[key]}" if key in now else f"{key} was removed" for key in other)
    return f"changed by others: {said}" if other else ""
