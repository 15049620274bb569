"""The screen "Vault": facts about the vault file and its settings, and the tasks for the whole vault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.backends import stored_key
from smtui.system.settings import get_settings_path
from smtui.text.dates import format_duration
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call
from smtui.tui.help import places
from smtui.tui.shell import VaultTask
from smtui.tui.vault.tasks import KEYRING, RETENTION, TASKS
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Panel
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.scroll_pane import ScrollPane
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.tui.session import Session

MOST_REGIONS = 4
WIDTH = 12


class VaultScreen(SessionScreen[None]):
    """Shows the facts above a table of the tasks. Enter runs the task under the cursor."""

    place = places.VAULT
    BINDINGS = keys.list_bindings("vault")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "Table"

    tasks = getters.query_one(Table)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._states: dict[VaultTask, str] = {}

    def compose(self) -> ComposeResult:
        yield self.create_header()
        with ReadPane():
            with ScrollPane(title="Vault", id="about"):
                yield Static(id="facts")
            with Panel(title="Tasks", id="tasks"):
                yield Table(
                    Column("Task", lambda task: SafeText(task.title), 19),
                    Column("State", lambda task: sanitize(self._states.get(task, "")), 12, drop=1),
                    Column("", lambda task: Content.styled(task.tooltip, "$text-muted"), 30, grows=1),
                    key=lambda task: task.title, nothing=SafeText(),
                )
        yield Footer()

    async def load(self) -> None:
        facts, self._states = await call(self._list_facts), await call(self._read_states)
        self.query_one("#facts", Static).update(Content("\n").join(facts))
        self.tasks.put(TASKS)

    def _list_facts(self) -> list[Content]:
        """Returns one line per fact. Reads the file, so it runs in the vault's thread."""
        vault = self.vault
        return [_format_fact(title, sanitize(words)) for title, words in (
            ("Vault", vault.path.absolute()),
            ("Size", f"{_measure_size(vault.path):,} bytes, format {vault.maintenance.format}"),
            ("Account", vault.account_id), ("Regions", ", ".join(self._format_regions(vault.regions()))),
            ("Verified", self._describe_verification()), ("Settings", get_settings_path()),
            ("Locks", _format_idle_lock(self.app.settings.idle_lock)),
        )]  # fmt: skip

    def _describe_verification(self) -> str:
        """Returns when all rows were last verified, and the result."""
        if self.session.verifier.is_running:
            return "in progress"
        last = self.vault.maintenance.last_check
        if last is None:
            return "not yet on this machine"
        when = f"{last.at.astimezone():%Y-%m-%d %H:%M}"
        return f"{when}, no issues found" if last.clean else f"{when}, issues found"

    def _format_regions(self, counts: dict[str, int]) -> Iterator[str]:
        """Yields the Regions with their number of secrets: the home Region first, then by descending number."""
        home = self.vault.region_name
        named = sorted({home: 0, **counts}.items(), key=lambda item: (item[0] != home, -item[1]))
        for region, count in named[:MOST_REGIONS]:
            yield f"{region} ({count:,})"
        if len(named) > MOST_REGIONS:
            yield f"and {len(named) - MOST_REGIONS} more"

    def _read_states(self) -> dict[VaultTask, str]:
        """Returns the current state of the settings that tasks change."""
        days = self.vault.audit.retention_days
        return {
            KEYRING: "stored" if stored_key.load(self.vault.path) else "not stored",
            RETENTION: f"{days:,} days" if days else "unlimited",
        }

    @on(Table.Selected)
    def action_open(self) -> None:
        task: VaultTask | None = self.tasks.current
        if task is not None:
            self.app.run_vault_task(task)

    def on_screen_resume(self) -> None:
        """Reads again, because a task may have changed what is shown."""
        self.start_reading()


def _format_fact(title: str, words: SafeText) -> Content:
    return Content.assemble((f"{title:<{WIDTH}}", "$text-muted"), Content(words))


def _measure_size(path: Path) -> int:
    """Returns the size of the vault in bytes, including SQLite's write-ahead log (WAL)."""
    log = path.with_name(f"{path.name}-wal")
    return sum(file.stat().st_size for file in (path, log) if file.exists())


def _format_idle_lock(seconds: int) -> str:
    return f"after {format_duration(seconds)} without a key press" if seconds else "only manually"
