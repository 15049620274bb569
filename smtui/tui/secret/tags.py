"""The tags of a secret: added, changed and removed in one table, which says what will be different."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.secret.key_value_editor import PairRows
from smtui.tui.secret.values import Pair
from smtui.tui.widgets.chrome import KeyBar

if TYPE_CHECKING:
    from smtui.api.types import Tag

UNCHANGED = SafeText("Nothing is changed yet.")
Tags = dict[str, str]


@dataclass(frozen=True, slots=True)
class TagChanges:
    """`put` are new or changed."""

    put: Tags
    removed: tuple[str, ...]
    before: Tags

    def __bool__(self) -> bool:
        return bool(self.put or self.removed)

    @property
    def after(self) -> Tags:
        """All tags with the changes made."""
        return {key: value for key, value in {**self.before, **self.put}.items() if key not in self.removed}

    def tags(self) -> list[Tag]:
        return [{"Key": key, "Value": value} for key, value in self.put.items()]

    def sentences(self) -> list[SafeText]:
        said = [f"~ {key}: {self.before[key]} becomes {value}" if key in self.before else f"+ {key} = {value}"
                for key, value in self.put.items()]
        return [sanitize(sentence) for sentence in (*said, *(f"- {key}" for key in self.removed))]


def tag_changes(before: Tags, lines: Sequence[Pair]) -> TagChanges:
    after = {line.key: line.text for line in lines}
    put = {key: value for key, value in after.items() if before.get(key) != value}
    return TagChanges(put, tuple(key for key in before if key not in after), before)


def problem(lines: Sequence[Pair]) -> str:
    """Why these cannot be the tags of a secret; empty where they can."""
    names = [line.key for line in lines]
    if "" in names:
        return "A tag has no key."
    twice = sorted({key for key in names if names.count(key) > 1})
    return f"The tag {twice[0]} is there twice." if twice else ""


def tags_of(secret: Mapping[str, Any]) -> Tags:
    """By key, from an answer of DescribeSecret or an entry of ListSecrets."""
    return {tag["Key"]: tag.get("Value", "") for tag in secret.get("Tags", ())}


def send_tags(arn: str, changes: TagChanges) -> Iterator[tuple[str, dict[str, Any]]]:
    """The calls that make the changes: a method of the client, and its request."""
    if changes.removed:
        yield "untag_resource", {"SecretId": arn, "TagKeys": list(changes.removed)}
    if changes.put:
        yield "tag_resource", {"SecretId": arn, "Tags": changes.tags()}


class TagsForm(Dialog[TagChanges]):
    """Answers what is to be different. Begins with what is `typed` already, in place of `tags`."""

    BINDINGS = keys.of("dialog") + keys.of("tags")
    CSS_PATH = "tags.tcss"
    AUTO_FOCUS = "Input"

    pairs = getters.query_one(PairRows)
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
        with Vertical(classes="card"):
            yield Static(Content(f"Tags of {self._name}"), classes="title")
            yield PairRows(Pair(at, key, value) for at, (key, value) in enumerate(self._typed.items()))
            yield Static(id="said")
        yield KeyBar()

    def on_mount(self) -> None:
        self._say_what_will_be()

    @on(PairRows.Changed)
    def _say_what_will_be(self) -> None:
        lines = self.pairs.lines
        wrong = problem(lines)
        self.said.set_class(bool(wrong), "-error")
        sentences = [sanitize(wrong)] if wrong else tag_changes(self._tags, lines).sentences() or [UNCHANGED]
        self.said.update(Content("\n".join(sentences)))

    @gesture
    async def action_add(self) -> None:
        await self.pairs.add()

    @gesture
    async def action_remove(self) -> None:
        await self.pairs.remove_focused()

    def action_save(self) -> None:
        lines = self.pairs.lines
        if not problem(lines):
            self.dismiss(tag_changes(self._tags, lines))
