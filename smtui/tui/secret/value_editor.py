"""The editor of a value: as keys and values of a JSON object, or as text."""

from __future__ import annotations

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.limits import MAX_VALUE_BYTES
from smtui.text.json_editing_layout import expand_for_editing, restore_layout
from smtui.text.json_object import read_members, read_object
from smtui.text.json_reader import locate
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.json_editor.area import JsonArea
from smtui.tui.secret.key_value_editor import KeyValueEditor
from smtui.tui.secret.value_area import ValueArea
from smtui.tui.secret.values import Pair, rewrite_object

NO_KEYS_TEXT = "Not a JSON object with keys."
EMPTY_OBJECT = "{}"
MAX_KEYS = 60
"""An object with more keys is edited as text, because so many fields are slow."""


class ValueEditor(Vertical):
    """Edits a value as keys if it has some, and not too many; otherwise as text.

    As text, JSON in one line is formatted, and joined again when it is stored.

    Args:
        before: the value to begin with.
        keys: whether an empty value begins as keys.
    """

    DEFAULT_CSS = """
    ValueEditor {
        height: 1fr;
    }
    ValueEditor > KeyValueEditor, ValueEditor.-keys > ValueArea, ValueEditor.-keys > .diagnostics {
        display: none;
    }
    ValueEditor.-keys > KeyValueEditor {
        display: block;
    }
    ValueEditor > .diagnostics {
        height: auto;
        padding: 0 1;
        color: $warning;
    }
    """

    pair_editor = getters.query_one(KeyValueEditor)
    area = getters.query_one(ValueArea)

    def __init__(self, before: str = "", *, keys: bool = False) -> None:
        found = 0 < len(read_members(before)) <= MAX_KEYS
        super().__init__(classes="-keys" if found or (keys and not before) else "")
        self._before = before
        self._text = before
        self._object_text = before if found else EMPTY_OBJECT
        self.hidden = True

    def compose(self) -> ComposeResult:
        yield KeyValueEditor(_list_pairs(self._object_text), hidden=True)
        yield ValueArea("" if self.is_keyed else expand_for_editing(self._before))
        yield Static(classes="diagnostics")

    @property
    def is_keyed(self) -> bool:
        """Whether it shows keys and values rather than text."""
        return self.has_class("-keys")

    @property
    def value(self) -> str:
        """The value as it would be stored. Unchanged parts keep every byte."""
        if not self.is_keyed:
            return restore_layout(self._text, self.area.value)
        pairs = self.pair_editor.pairs
        return rewrite_object(self._object_text, pairs) if pairs else ""

    @property
    def is_changed(self) -> bool:
        return self.value != self._before

    def find_problem(self) -> SafeText | None:
        """Why the value cannot be stored; None if it can."""
        if self.is_keyed and (wrong := _find_key_problem(self.pair_editor.pairs)):
            return sanitize(wrong)
        value = self.value
        if not value:
            return SafeText("No value yet.")
        size = len(value.encode())
        if size <= MAX_VALUE_BYTES:
            return None
        return sanitize(f"The value has {size:,} bytes; the maximum is {MAX_VALUE_BYTES:,}.")

    def focus_key(self, key: str | None = None) -> None:
        """Focuses the value of a key, or in a text the position of that key."""
        if self.is_keyed:
            self.pair_editor.focus_key(key)
            return
        self.area.focus()
        found = read_object(self.area.text)
        if key is not None and found and (member := found.find(key)):
            line, column = locate(self.area.text, member.start)
            self.area.move_cursor((line - 1, column - 1), center=True)

    def set_hidden(self, hidden: bool) -> None:
        self.hidden = self.area.hidden = hidden
        self.pair_editor.set_hidden(hidden)

    async def toggle_text(self) -> SafeText | None:
        """Switches between keys and text; returns the reason if that is not possible."""
        refusal = self._switch_to_text() if self.is_keyed else await self._switch_to_keys()
        if refusal is None:
            self.toggle_class("-keys")
            self.focus_key()
        return refusal

    async def replace_text(self, before: str, text: str) -> None:
        """Goes on with another text, after others stored `before`. The cursor stays at its key."""
        self._before = before
        if text == self.value:
            return
        row = self.pair_editor.focused_row
        key = row.pair.key if row is not None else None
        if self.is_keyed and 0 < len(read_members(text)) <= MAX_KEYS:
            self._object_text = text
            await self.pair_editor.set_pairs(_list_pairs(text))
        else:
            self.remove_class("-keys")
            self._text = text
            self.area.load_text(expand_for_editing(text))
        self.focus_key(key)

    def _switch_to_text(self) -> SafeText | None:
        wrong = _find_key_problem(self.pair_editor.pairs)
        if wrong:
            return sanitize(wrong)
        self._text = self.value
        self.area.load_text(expand_for_editing(self._text))
        return None

    async def _switch_to_keys(self) -> SafeText | None:
        text = self.value
        if text.strip() not in ("", EMPTY_OBJECT) and not read_members(text):
            return SafeText(NO_KEYS_TEXT)
        if (count := len(read_members(text))) > MAX_KEYS:
            return sanitize(f"{count:,} keys are too many for this form. Edit the value as text.")
        self._object_text = text if read_members(text) else EMPTY_OBJECT
        await self.pair_editor.set_pairs(_list_pairs(self._object_text))
        return None

    @on(JsonArea.Checked)
    def _show_diagnostic(self, event: JsonArea.Checked) -> None:
        """The first diagnostic of the text, which the text area shows as well."""
        lines = [f"{each.severity.sign} {each.line}:{each.column}  {each.message}" for each in event.diagnostics[:1]]
        self.query_one(".diagnostics", Static).update(Content(sanitize("".join(lines))))

    def insert_password(self, password: str) -> None:
        """Replaces the value of the focused row, or the selection of the text, by a password."""
        row = self.pair_editor.focused_row or self.pair_editor.rows.last()
        if not self.is_keyed:
            self.area.insert_password(password)
        elif values := list(row.query(Input).filter(".value")):
            values[0].value = password


def _list_pairs(text: str) -> list[Pair]:
    return [Pair(number, member.key, member.text) for number, member in enumerate(read_members(text))]


def _find_key_problem(pairs: list[Pair]) -> str:
    keys = [pair.key for pair in pairs]
    if any(pair.index is None and not pair.key for pair in pairs):
        return "A value needs a key."
    twice = sorted({key for key in keys if keys.count(key) > 1})
    return f"Duplicate key: {twice[0]}" if twice else ""
