"""The tags of a secret as data, their changes, and the form that edits them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.client_call import plan_call
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.secret.key_value_editor import KeyValueEditor
from smtui.tui.secret.values import Pair
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

if TYPE_CHECKING:
    from smtui.api.types import Client, Tag
    from smtui.tui.client_call import ClientCall

UNCHANGED = SafeText("No changes yet.")
Tags = dict[str, str]


@dataclass(frozen=True, slots=True)
class TagChanges:
    """The difference between two sets of tags.

    Args:
        put: the tags that are new or have a new value.
        removed: the keys of the tags to remove.
        before: all tags before the change.
    """

    put: Tags
    removed: tuple[str, ...]
    before: Tags

    def __bool__(self) -> bool:
        return bool(self.put or self.removed)

    @property
    def after(self) -> Tags:
        """All tags after the change."""
        return {key: value for key, value in {**self.before, **self.put}.items() if key not in self.removed}

    def list_tags(self) -> list[Tag]:
        """The tags to put, in the shape of TagResource."""
        return [{"Key": key, "Value": value} for key, value in self.put.items()]

    def describe_changes(self) -> list[SafeText]:
        """Describes each change in a line: `+` new, `~` changed, `-` removed."""
        lines = [f"~ {key}: {self.before[key]} → {value}" if key in self.before else f"+ {key} = {value}"
                for key, value in self.put.items()]
        return [sanitize(sentence) for sentence in (*lines, *(f"- {key}" for key in self.removed))]


def diff_tags(before: Tags, pairs: Sequence[Pair]) -> TagChanges:
    """The changes from `before` to the tags in the rows of a form."""
    after = {pair.key: pair.text for pair in pairs}
    put = {key: value for key, value in after.items() if before.get(key) != value}
    return TagChanges(put, tuple(key for key in before if key not in after), before)


def find_tag_problem(pairs: Sequence[Pair]) -> str:
    """Why these pairs cannot be the tags of a secret; empty if they can."""
    names = [pair.key for pair in pairs]
    if "" in names:
        return "A tag needs a key."
    twice = sorted({key for key in names if names.count(key) > 1})
    return f"Duplicate tag key: {twice[0]}" if twice else ""


def extract_tags(secret: Mapping[str, Any]) -> Tags:
    """The tags in an answer of DescribeSecret or in an entry of ListSecrets, by key."""
    return {tag["Key"]: tag.get("Value", "") for tag in secret.get("Tags", ())}


def plan_tag_calls(client: Client, arn: str, changes: TagChanges) -> Iterator[ClientCall]:
    """Plans the calls that make the changes."""
    if changes.removed:
        yield plan_call(client.untag_resource, SecretId=arn, TagKeys=list(changes.removed))
    if changes.put:
        yield plan_call(client.tag_resource, SecretId=arn, Tags=changes.list_tags())


class TagsForm(Dialog[TagChanges]):
    """Returns the changes, or None if the user cancels.

    Args:
        name: the name of the secret.
        tags: the tags of the secret.
        typed: the tags to begin with after a refusal; None to begin with `tags`.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("tags")
    CSS_PATH = "tags.tcss"
    AUTO_FOCUS = "Input"

    pair_editor = getters.query_one(KeyValueEditor)
    said = getters.query_one("#said", Static)

    def __init__(self, name: SafeText, tags: Tags, typed: Tags | None = None) -> None:
        super().__init__()
        self._name = name
        self._tags = tags
        self._typed = tags if typed is None else typed

    @property
    def is_dirty(self) -> bool:
        return self._typed != self._tags or super().is_dirty

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(f"Tags of {self._name}"))
            yield KeyValueEditor(Pair(at, key, value) for at, (key, value) in enumerate(self._typed.items()))
            yield Static(id="said")
        yield Footer()

    def on_mount(self) -> None:
        self._show_changes()

    @on(KeyValueEditor.Changed)
    def _show_changes(self) -> None:
        pairs = self.pair_editor.pairs
        problem = find_tag_problem(pairs)
        self.said.set_class(bool(problem), "-error")
        sentences = [sanitize(problem)] if problem else diff_tags(self._tags, pairs).describe_changes() or [UNCHANGED]
        self.said.update(Content("\n".join(sentences)))

    @gesture
    async def action_add(self) -> None:
        await self.pair_editor.add()

    @gesture
    async def action_remove(self) -> None:
        await self.pair_editor.remove_focused()

    def action_save(self) -> None:
        pairs = self.pair_editor.pairs
        if problem := find_tag_problem(pairs):
            self.refuse(problem)
        else:
            self.dismiss(diff_tags(self._tags, pairs))
