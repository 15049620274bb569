"""The export of secrets to a file with their values in plain text: its dialog and its task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.export import ExportCounts, Format, export
from smtui.transfer.private_file import private_file
from smtui.transfer.selection import Selection
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.secret_list.plan import Item, ItemState, format_count
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.widgets.plain_input import PlainInput
from smtui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

FORMATS = {
    Format.JSON: "what smtui import brings back, tags and all",
    Format.DOTENV: "NAME='value' lines, for programs that read .env files",
    Format.AWS: "what aws secretsmanager batch-get-secret-value prints",
}


class ExportPlan(PlanScreen):
    """Asks for file and format. It writes nothing; `write_export` does that as a task."""

    CSS_PATH: ClassVar = ["plan_dialog.tcss", "export.tcss"]
    AUTO_FOCUS = "#path"

    path_field = getters.query_one("#path", PlainInput)
    formats = getters.query_one("#formats", RowList)

    def format_title(self) -> str:
        return f"Export {format_count(len(self.plan.items))} in plain text"

    def compose_fields(self) -> Iterator[Widget]:
        yield Horizontal(
            Static("File "), PlainInput(placeholder="~/secrets.json", id="path", compact=True), classes="row",
        )  # fmt: skip
        yield RowList(id="formats", compact=True)

    def on_mount(self) -> None:
        self._show_formats(0)
        super().on_mount()

    def _show_formats(self, chosen: int) -> None:
        rows = [Content.assemble(("● " if at == chosen else "  ", "bold"), f"{format.value:<8}", (words, "$text-muted"))
                for at, (format, words) in enumerate(FORMATS.items())]
        self.formats.put(rows, chosen)

    @property
    def path(self) -> Path:
        """The absolute path of the file to create."""
        return Path(self.path_field.value).expanduser().absolute()

    @property
    def format(self) -> Format:
        return list(FORMATS)[self.formats.cursor]

    def fill_item(self, item: Item) -> None:
        if "DeletedDate" in item.entry:
            item.skip_reason = SafeText("nobody can read it: its deletion is planned")

    def get_button_label(self) -> str:
        return "Write the file"

    def find_problem(self) -> str:
        if not self.path_field.value:
            return "✗ Say which file to make."
        if self.path.is_symlink() or self.path.exists():
            return f"✗ There is already something at {self.path}. It is left as it is."
        return "" if self.path.parent.is_dir() else f"✗ There is no folder {self.path.parent}."

    def describe_consequence(self) -> str:
        return f"▲ Whoever can read {self.path} has these values. It is made so that only you can."

    def describe_result(self, done: SafeText, several: bool) -> str:
        return ""

    @on(Input.Changed)
    def _check_path(self) -> None:
        self.refresh_plan()

    @on(Input.Submitted)
    def _focus_button(self) -> None:
        if not self.go.disabled:
            self.go.focus()

    @on(OptionList.OptionHighlighted)
    def _select_format(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if "●" not in str(event.option.prompt):
            self._show_formats(event.option_index)

    def run_plan(self) -> None:  # type: ignore[override]
        """Closes the dialog with the plan; `write_export` writes the file."""
        self.dismiss(self.plan)


async def write_export(app: Shell, session: Session, dialog: ExportPlan) -> None:
    """Writes the secrets of a dialog to its file as a job. An incomplete file is removed."""
    names, path, region = [item.arn for item in dialog.plan.list_items(ItemState.PLANNED)], dialog.path, session.region
    format = dialog.format

    def export_secrets(vault: Vault, progress: Progress) -> ExportCounts:
        with private_file(path) as file:
            return export(vault.client(region_name=region), Selection(names), format, file.write,
                          lambda what, done, _: progress(what, done, len(names)))

    done = await run_job(app, SafeText("Export"), export_secrets)
    without_value = f" {format_count(done.without_value)} had no value yet." if done.without_value else ""
    app.notify(sanitize(f"{format_count(done.written)} written to {path}, in plain text.{without_value}"), markup=False)
