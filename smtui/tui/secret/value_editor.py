"""Where a value is typed: as the keys and values of a JSON object, or as a text."""

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
from smtui.tui.secret.key_value_editor import PairRows
from smtui.tui.secret.value_area import ValueArea
from smtui.tui.secret.values import Pair, rewritten

NO_KEYS = "This text is no JSON object with keys."
EMPTY_OBJECT = "{}"
MOST_KEYS = 60
"""With more of them a value is typed as text: a screen of so many fields would keep a person waiting."""


class ValueEditor(Vertical):
    """Begins with the keys of `before` if it has some, and not too many, or, where it is empty, as `keys` says.

    As text, JSON in one line is laid out, and is in one line again when it is stored.
    """

    DEFAULT_CSS = """
    ValueEditor {
        height: 1fr;
    }
    ValueEditor > PairRows, ValueEditor.-keys > ValueArea, ValueEditor.-keys > .diagnostics {
        display: none;
    }
    ValueEditor.-keys > PairRows {
        display: block;
    }
    ValueEditor > .diagnostics {
        height: auto;
        padding: 0 1;
        color: $warning;
    }
    """

    pairs = getters.query_one(PairRows)
    area = getters.query_one(ValueArea)

    def __init__(self, before: str = "", *, keys: bool = False) -> None:
        found = 0 < len(read_members(before)) <= MOST_KEYS
        super().__init__(classes="-keys" if found or (keys and not before) else "")
        self._before = before
        self._text = before
        self._keyed = before if found else EMPTY_OBJECT
        self.hidden = True

    def compose(self) -> ComposeResult:
        yield PairRows(_lines(self._keyed), hidden=True)
        yield ValueArea("" if self.keyed else expand_for_editing(self._before))
        yield Static(classes="diagnostics")

    @property
    def keyed(self) -> bool:
        """Whether it shows keys and values."""
        return self.has_class("-keys")

    @property
    def value(self) -> str:
        """What is typed, as it would be stored. Untouched parts have every byte they had."""
        if not self.keyed:
            return restore_layout(self._text, self.area.value)
        lines = self.pairs.lines
        return rewritten(self._keyed, lines) if lines else ""

    @property
    def changed(self) -> bool:
        return self.value != self._before

    def problem(self) -> SafeText | None:
        """Why this cannot be stored."""
        if self.keyed and (wrong := _problem(self.pairs.lines)):
            return sanitize(wrong)
        value = self.value
        if not value:
            return SafeText("There is no value yet.")
        size = len(value.encode())
        if size <= MAX_VALUE_BYTES:
            return None
        return sanitize(f"The value has {size:,} bytes; {MAX_VALUE_BYTES:,} is the most.")

    def focus_on(self, key: str | None = None) -> None:
        """The value of a key; in a text, the place where that key is."""
        if self.keyed:
            self.pairs.focus_on(key)
            return
        self.area.focus()
        found = read_object(self.area.text)
        if key is not None and found and (member := found.find(key)):
            line, column = locate(self.area.text, member.start)
            self.area.move_cursor((line - 1, column - 1), center=True)

    def hide(self, hidden: bool) -> None:
        self.hidden = self.area.hidden = hidden
        self.pairs.hide(hidden)

    async def switch(self) -> SafeText | None:
        """From keys to text and back; answers why that is not possible."""
        refusal = self._to_text() if self.keyed else await self._to_keys()
        if refusal is None:
            self.toggle_class("-keys")
            self.focus_on()
        return refusal

    def _to_text(self) -> SafeText | None:
        wrong = _problem(self.pairs.lines)
        if wrong:
            return sanitize(wrong)
        self._text = self.value
        self.area.load_text(expand_for_editing(self._text))
        return None

    async def _to_keys(self) -> SafeText | None:
        text = self.value
        if text.strip() not in ("", EMPTY_OBJECT) and not read_members(text):
            return SafeText(NO_KEYS)
        if (count := len(read_members(text))) > MOST_KEYS:
            return sanitize(f"It has {count:,} keys, which are easier to edit as text.")
        self._keyed = text if read_members(text) else EMPTY_OBJECT
        await self.pairs.put(_lines(self._keyed))
        return None

    @on(JsonArea.Checked)
    def _show_diagnostic(self, event: JsonArea.Checked) -> None:
        """The first diagnostic of the text, which the text area shows as well."""
        said = [f"{each.severity.sign} {each.line}:{each.column}  {each.message}" for each in event.diagnostics[:1]]
        self.query_one(".diagnostics", Static).update(Content(sanitize("".join(said))))

    def take(self, password: str) -> None:
        """Puts a password where the cursor is: instead of a row's value, or into the text."""
        row = self.pairs.focused_row or self.pairs.rows.last()
        if not self.keyed:
            self.area.take(password)
        elif values := list(row.query(Input).filter(".value")):
            values[0].value = password


def _lines(text: str) -> list[Pair]:
    return [Pair(number, member.key, member.text) for number, member in enumerate(read_members(text))]


def _problem(lines: list[Pair]) -> str:
    keys = [line.key for line in lines]
    if any(line.came_from is None and not line.key for line in lines):
        return "A value has no key."
    twice = sorted({key for key in keys if keys.count(key) > 1})
    return f"The key {twice[0]} is there twice." if twice else ""
