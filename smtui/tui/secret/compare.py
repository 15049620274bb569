"""The screen that compares two versions of a secret key by key, and reveals one value at a time.

It keeps the names and the states of the keys, not the values. To reveal or copy a value reads the version again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static

from smtui.api.errors import ClientError
from smtui.rules.compare_and_swap import read_labels
from smtui.rules.labels import sort_labels
from smtui.text.sanitize import SafeText, sanitize
from smtui.text.value_diff import DiffState, KeyDiff, compare_values, extract_path
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.environments import highlight_environments
from smtui.tui.secret.auto_hide import AutoHide
from smtui.tui.secret.label_moves import shorten_id
from smtui.tui.secret.value_list import MASK
from smtui.tui.secret.values import Value, extract_value, format_value
from smtui.tui.session import Session
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import show_title
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.row_list import RowList

WIDEST_NAME = 32
NEWER = "newer"


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One key in one version.

    Args:
        difference: the key and whether it differs.
        version: the VersionId whose value the row stands for.
        label: what the row says about the version.
        has_name: whether the row shows the name of the key; False for the second row of a key.
    """

    difference: KeyDiff
    version: str
    label: SafeText
    has_name: bool = True


class CompareScreen(SessionScreen[None]):
    """Lists the keys that differ first, then those that are the same.

    Args:
        secret_id: the ARN or name of the secret.
        name: the name of the secret for the title.
        labels: each staging label with its VersionId.
        before: the VersionId of the older version.
        after: the VersionId of the newer version.
    """

    BINDINGS = keys.list_bindings("compare")
    CSS_PATH = Path(__file__).with_name("compare.tcss")
    AUTO_FOCUS = "RowList"

    row_list = getters.query_one(RowList)

    def __init__(
        self, session: Session, secret_id: str, name: SafeText, labels: Mapping[str, str], before: str, after: str
    ) -> None:
        super().__init__(session)
        self._secret_id = secret_id
        self._secret_name = name
        self._labels = labels
        self._before, self._after = before, after
        self._rows: list[CompareRow] = []
        self._revealed: int | None = None
        self.auto_hide = AutoHide(self, self._show_title, self.hide)

    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield Static(highlight_environments(Content(self._secret_name)), id="title")
        with ReadPane(title=""):
            yield RowList()
        yield Footer()

    def on_mount(self) -> None:
        self.watch(self.app, "app_focus", self._hide_without_focus, init=False)
        self._show_title(0)

    def _show_title(self, left: int) -> None:
        hides = f"   hides in {left} s" if left else ""
        both = f"{self.describe_version(self._before)} and {self.describe_version(self._after, NEWER)}"
        show_title(self.query_one(ReadPane), Content.assemble(Content(sanitize(both)), (hides, "$warning")))

    def shorten(self, version: str) -> SafeText:
        """What rows call a version."""
        return sanitize(shorten_id(version))

    def describe_version(self, version: str, *remarks: str) -> SafeText:
        """Formats a version with its labels, and what else is known of it: `00000001 (AWSPREVIOUS, blue)`."""
        labels = sort_labels(label for label, holder in self._labels.items() if holder == version)
        known = ", ".join([*labels, *remarks])
        return sanitize(f"{shorten_id(version)} ({known})" if known else shorten_id(version))

    # Comparison.

    async def load(self) -> None:
        """Reads the labels, which others may move, and compares once, because a version never changes."""
        await self.load_labels()
        if not self._rows:
            found = await call(self._compare_versions)
            self._rows = [row for each in found for row in self._list_rows(each)]
            self.row_list.put([self._format_row(row, Content(MASK)) for row in self._rows], 0)

    async def load_labels(self) -> None:
        """Reads the labels and shows them in the title."""
        with suppress(ClientError):  # the labels stay as they were read last
            self._labels = await call(read_labels, self.session.client(record_reads=False), self._secret_id)
            self._show_title(self.auto_hide.seconds_left)

    def _compare_versions(self) -> list[KeyDiff]:
        found = compare_values(self.read_value(self._before), self.read_value(self._after))
        return sorted(found, key=lambda each: each.state is DiffState.SAME)

    def read_value(self, version: str) -> Value:
        """Reads the value of a version. Runs in a thread of the vault."""
        return extract_value(self.client.get_secret_value(SecretId=self._secret_id, VersionId=version))

    def _list_rows(self, each: KeyDiff) -> Iterator[CompareRow]:
        first, second = self.shorten(self._before), self.shorten(self._after)
        match each.state:
            case DiffState.SAME:
                yield CompareRow(each, self._after, SafeText("same in both"))
            case DiffState.CHANGED:
                yield CompareRow(each, self._before, sanitize(f"differs: {first}"))
                yield CompareRow(each, self._after, sanitize(f"         {second}"), has_name=False)
            case DiffState.ADDED:
                yield CompareRow(each, self._after, sanitize(f"only in: {second}"))
            case DiffState.REMOVED:
                yield CompareRow(each, self._before, sanitize(f"only in: {first}"))

    def _format_row(self, row: CompareRow, value: Content) -> Content:
        name = Content(f"{row.difference.state.value} {row.difference.name}" if row.has_name else "")
        longest = max(Content(each.difference.name).cell_length for each in self._rows) + 2
        style = "" if row.difference.state is DiffState.SAME else "bold"
        name = name.truncate(min(longest, WIDEST_NAME), ellipsis=True, pad=True).stylize(style)
        return Content.assemble(name, (f"  {row.label:<17}  ", "$text-muted"), value)

    # Copying and revealing one value.

    @property
    def _row_under_cursor(self) -> CompareRow | None:
        return self._rows[self.row_list.cursor] if self._rows else None

    async def _read_part(self, row: CompareRow, *, to_show: bool = False) -> Value | None:
        """Reads the value of a row; None if the user stops waiting for it."""
        title = self._describe_row(row)
        value = await read_for_dialog(self.app, title, lambda: call(self.read_value, row.version))
        return None if value is None else extract_path(value, row.difference.path, to_show=to_show)

    def describe_row(self, row: CompareRow) -> str:
        """What a row says about its version in the name of a copy."""
        return f"version {self.shorten(row.version)}"

    def _describe_row(self, row: CompareRow) -> SafeText:
        return sanitize(f"{self._secret_name}, {self.describe_row(row)}, {row.difference.name}")

    @gesture
    async def action_copy(self) -> None:
        if (row := self._row_under_cursor) and (value := await self._read_part(row)) is not None:
            await self.app.copy(value, self._describe_row(row))

    @on(OptionList.OptionSelected)
    @gesture
    async def action_reveal(self) -> None:
        at, row = self.row_list.cursor, self._row_under_cursor
        again = at == self._revealed
        self.hide()
        if row is None or again:
            return
        value = await self._read_part(row, to_show=True)
        if value is not None and self.app.app_focus:
            lines = format_value(value)
            self._revealed = at
            self._replace_row(at, Content.assemble("\n" if "\n" in lines else "", Content(lines).stylize("$accent")))
            self.auto_hide.start(self.app.settings.reveal_timeout)

    def hide(self) -> None:
        at, self._revealed = self._revealed, None
        if at is not None:
            self._replace_row(at, Content(MASK))
        self.auto_hide.stop()

    def _replace_row(self, at: int, value: Content) -> None:
        self.row_list.replace_option_prompt_at_index(at, self._format_row(self._rows[at], value))

    def _hide_without_focus(self, here: bool) -> None:
        if not here:
            self.hide()

    def on_screen_suspend(self) -> None:
        self.hide()
