"""The export of secrets to a file with their values in plain text: its dialog and its task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from smtui.system.paths import expand_home, is_folder, is_taken
from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.errors import TransferError
from smtui.transfer.export import FORMATS, ExportCounts, ExportFormat, export
from smtui.transfer.private_file import write_private_file
from smtui.transfer.selection import Selection
from smtui.tui import keys
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.notifications import explain_error
from smtui.tui.secret_list.plan import Item, ItemState, format_count
from smtui.tui.secret_list.plan_dialog import NOTHING_TO_DO, PlanScreen
from smtui.tui.widgets.path_input import PathInput
from smtui.tui.widgets.plain_input import PlainInput
from smtui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Export")
ABOUT = ("Values are written in plain text to a new file, readable only by you. "
         "Each read is recorded in the audit log.")
WRITE_FILE = "Export"
FORMAT_LIST = [format for format, entry in FORMATS.items() if not entry.is_encrypted]
"""The formats in plain text; an encrypted one is for the command line, which asks for its passphrase."""


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """What the user enters: a path, the prefix of the names (empty for all secrets of the Region), and a format."""

    path: str = ""
    prefix: str = ""
    format: ExportFormat = ExportFormat.JSON

    @property
    def file(self) -> Path:
        """The absolute path of the file to create."""
        path = expand_home(self.path.strip())
        try:
            return path.absolute()
        except OSError:  # the working directory was removed
            return path


class ExportPlan(PlanScreen):
    """Asks for file and format, and for a prefix if there are no `entries`. It writes nothing; `export_secrets` does.

    Args:
        entries: the secrets to export, as in ListSecrets; if empty, the prefix selects them.
        before: the initial values of the fields.
        problem: why these values were refused; empty if they were not.
    """

    BINDINGS = keys.list_bindings("fields")
    KEY_NAMES: ClassVar = {"fields.save": WRITE_FILE}
    CSS_PATH: ClassVar = ["plan_dialog.tcss", "export.tcss"]
    AUTO_FOCUS = "#path"

    path_field = getters.query_one("#path", PathInput)
    formats = getters.query_one("#formats", RowList)

    def __init__(
        self, session: Session, entries: Sequence[SecretListEntry], before: ExportTarget | None = None,
        problem: str = "",
    ) -> None:
        super().__init__(session, entries)
        self.problem = problem
        self._before = self.target = before or ExportTarget()

    @property
    def is_dirty(self) -> bool:
        """Whether closing would lose input, including that of an earlier attempt."""
        return self._before != ExportTarget() or self.target != self._before

    def format_title(self) -> str:
        count = format_count(len(self.plan.items))
        return f"Export {f'secrets of {self.session.region}' if self.selects_by_prefix else count} in plain text"

    def compose_fields(self) -> Iterator[Widget]:
        if self.selects_by_prefix:
            yield Static(ABOUT, classes="-muted")
        yield Horizontal(Static("File"), PathInput(self._before.path, id="path"), classes="row")
        if self.selects_by_prefix:
            prefix = PlainInput(self._before.prefix, placeholder="e.g. prod/; empty: all secrets", id="prefix",
                                compact=True)
            yield Horizontal(Static("Prefix"), prefix, classes="row")
        yield RowList(id="formats", compact=True)

    def on_mount(self) -> None:
        self._show_formats(FORMAT_LIST.index(self._before.format))
        super().on_mount()
        self.items.display = not self.selects_by_prefix

    def _show_formats(self, chosen: int) -> None:
        rows = [Content.assemble(("● " if at == chosen else "  ", "bold"), f"{format.value:<12}",
                                 (FORMATS[format].description, "$text-muted"))
                for at, format in enumerate(FORMAT_LIST)]
        self.formats.put(rows, chosen)

    @property
    def selects_by_prefix(self) -> bool:
        """Whether the prefix selects the secrets, because none were chosen before."""
        return not self.plan.items

    def refresh_plan(self) -> None:
        prefix = self.query_one("#prefix", PlainInput).value if self.selects_by_prefix else ""
        self.target = ExportTarget(self.path_field.value, prefix, FORMAT_LIST[self.formats.cursor])
        super().refresh_plan()
        if self.problem and self.target == self._before:
            self.refuse(self.problem)

    def fill_item(self, item: Item) -> None:
        if "DeletedDate" in item.entry:
            item.skip_reason = SafeText("cannot be read: scheduled for deletion")

    def get_button_label(self) -> str:
        return WRITE_FILE

    def find_problem(self) -> str:
        path = self.target.file
        if not (self.selects_by_prefix or self.plan.list_items(ItemState.PLANNED)):
            return NOTHING_TO_DO
        if not self.target.path.strip():
            return "✗ Enter the path of the new file."
        if is_taken(path):
            return f"✗ File already exists: {path}"
        return "" if is_folder(path.parent) else f"✗ Folder not found: {path.parent}"

    def describe_consequence(self) -> str:
        begin = f" of secrets starting with {self.target.prefix}" if self.target.prefix else ""
        return f"▲ Anyone who can read {self.target.file} gets the values{begin}. It will be readable only by you."

    def describe_result(self, done: SafeText, several: bool) -> str:
        return ""

    @on(Input.Changed)
    def _check_fields(self) -> None:
        self.refresh_plan()

    @on(Input.Submitted)
    def _focus_button(self) -> None:
        if not self.go.disabled:
            self.go.focus()

    @on(OptionList.OptionHighlighted)
    def _select_format(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if "●" not in str(event.option.prompt):
            self._show_formats(self.formats.cursor)
        self.refresh_plan()

    def action_save(self) -> None:
        self.refresh_plan()  # the file may be gone by now
        if not self.go.disabled:
            self.run_plan()

    async def execute_plan(self) -> None:
        """Closes the dialog with the plan."""
        self.dismiss(self.plan)


async def export_secrets(app: Shell, session: Session, entries: Sequence[SecretListEntry] = ()) -> None:
    """Asks for the target and writes the secrets to it as a job. An incomplete file is removed.

    The audit log records each value that is read.

    Args:
        entries: the secrets, as in ListSecrets; if empty, the dialog asks for a prefix.

    Raises:
        SmtuiError: the secrets could not be read. After a `TransferError` the dialog is shown again, with the reason.
    """
    dialog = ExportPlan(session, entries)
    while await app.push_screen_wait(dialog) is not None:
        names = [item.arn for item in dialog.plan.list_items(ItemState.PLANNED)]
        try:
            done = await _write_file(app, session.region, Selection(names, dialog.target.prefix), dialog.target)
        except TransferError as error:
            dialog = ExportPlan(session, entries, dialog.target, explain_error(error))
        else:
            app.notify(format_notice(done, dialog.target.file), markup=False)
            return


async def _write_file(app: Shell, region: str, selection: Selection, target: ExportTarget) -> ExportCounts:
    def export_into_file(vault: Vault, progress: Progress) -> ExportCounts:
        with write_private_file(target.file) as file:
            client = vault.client(region_name=region)
            return export(client, selection, target.format, file.write, progress, together=vault.reading)

    return await run_job(app, TITLE, export_into_file)


def format_notice(done: ExportCounts, path: Path) -> SafeText:
    """Returns the notification about a finished export."""
    without_value = f" {format_count(done.without_value)} had no value." if done.without_value else ""
    omitted = "".join(f" Omitted: {what}: {number:,}." for what, number in done.left_out.items())
    return sanitize(f"{format_count(done.written)} exported to {path} in plain text.{without_value}{omitted}")
