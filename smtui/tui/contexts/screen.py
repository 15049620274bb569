"""The screen with the Regions of the vault and the recently opened vaults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from smtui.backends.local import is_region
from smtui.system import recent_vaults
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call, gesture
from smtui.tui.contexts.choose_vault import CREATED_IF_MISSING, WHERE, list_known_vaults
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.help import places
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Panel
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.tui.session import Session

LONGEST_REGION = 64
NOT_REMEMBERED = "No recent vaults."
NO_REGION = "Enter a Region such as us-east-1."


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A Region with the number of its secrets. `state` says whether it is the present and the home Region."""

    name: str
    secrets: int
    state: str


class RegionsScreen(SessionScreen[None]):
    """A list of Regions and a list of vaults. Tab switches between them."""

    place = places.REGIONS
    BINDINGS = keys.list_bindings("regions")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#regions"
    at_once = frozenset({"add"})

    regions = getters.query_one("#regions", Table)
    vaults = getters.query_one("#vaults", Table)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._open = session.vault.path.absolute()
        self._first = True

    def compose(self) -> ComposeResult:
        yield self.create_header()
        with ReadPane(), Horizontal(id="areas"):
            with Panel(title="Regions of this vault", id="regions-area"):
                yield Table(
                    Column("Region", lambda region: sanitize(region.name), 14, grows=1),
                    Column("Secrets", lambda region: sanitize(f"{region.secrets:,}"), 7),
                    Column("", lambda region: sanitize(region.state), 10),
                    key=lambda region: region.name, nothing=SafeText(""), id="regions",
                )
            with Panel(title="Recent vaults", id="vaults-area"):
                yield Table(
                    Column("Vault", lambda vault: sanitize(vault[0].name), 16, grows=1),
                    Column("Folder", lambda vault: sanitize(vault[0].parent), 16, grows=2, drop=1),
                    Column("", self._format_vault_state, 11),
                    key=lambda vault: vault[0], nothing=SafeText(NOT_REMEMBERED), id="vaults",
                )
        yield Footer()

    async def load(self) -> None:
        counts = await call(self.vault.regions)
        here, home = self.session.region, self.vault.region_name
        names = sorted({*counts, here, home})
        self.regions.put(
            [RegionRow(name, counts.get(name, 0), _format_region_state(name, here, home)) for name in names]
        )
        if self._first:
            self._first = False
            self.regions.go_to(here)
        self.vaults.put(await call(list_known_vaults))

    def _format_vault_state(self, vault: tuple[Path, bool]) -> Content:
        path, there = vault
        if path == self._open:
            return Content.styled("open", "$success")
        return Content("") if there else Content.styled("✗ missing", "$text-muted")

    @property
    def _has_vaults_focused(self) -> bool:
        return self.focused is self.vaults

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.refresh_bindings()

    # Actions.

    @on(Table.Selected)
    def action_open(self) -> None:
        """Switches to the Region or the vault under the cursor."""
        if self._has_vaults_focused:
            self._open_vault()
        elif region := self.regions.current:
            self.app.look_at_region(region.name)

    def _open_vault(self) -> None:
        if vault := self.vaults.current:
            if vault[0] == self._open:
                self.say("This vault is already open.")
            else:
                self.app.open_another(vault[0])

    @gesture
    async def action_add(self) -> None:
        """Asks for a Region or a vault that is not in the list, and switches to it."""
        if self._has_vaults_focused:
            path = await self.app.push_screen_wait(AskPath(WHERE, CREATED_IF_MISSING))
            if path is not None:
                self.app.open_another(path)
            return
        region = await self.app.push_screen_wait(OneLine(
            SafeText("Go to Region"), longest=LONGEST_REGION, noun="a Region",
            find_problem=lambda line: "" if is_region(line.strip()) else NO_REGION))
        if region is not None:
            self.app.look_at_region(region.strip())

    @gesture
    async def action_remove(self) -> None:
        """Removes the vault from the list of recent vaults. The file is kept."""
        if vault := self.vaults.current:
            await call(recent_vaults.forget_vaults, vault[0])
            await self.reload()
            self.say(f"{vault[0].name} removed from the list. The file is kept.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._has_vaults_focused if action == "remove" else True


def _format_region_state(name: str, here: str, home: str) -> str:
    return ", ".join(word for word, true in (("here", name == here), ("home", name == home)) if true)
