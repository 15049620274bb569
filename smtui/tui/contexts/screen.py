"""The screen with the Regions of what is open, the recently opened vaults, and the contexts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.api.arn import is_region
from smtui.system import recent_vaults
from smtui.system.paths import expand_home
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call, gesture
from smtui.tui.contexts.choose_vault import CREATED_IF_MISSING, WHERE, list_known_vaults
from smtui.tui.contexts.context_path import make_context_path
from smtui.tui.contexts.index_keeper import find_writable_vault
from smtui.tui.contexts.list_contexts import ContextRow, list_contexts
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.help import places
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Panel, show_title
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.system.context_settings import ContextSettings
    from smtui.tui.contexts.account_vault import AccountVault

LONGEST_REGION = 64
NOT_REMEMBERED = "No recent vaults."
NO_CONTEXTS = "No contexts. smtui contexts add creates one."
ADD_CONTEXT = "smtui contexts add NAME --profile PROFILE adds an AWS account."
PROTECTED = {"read": "PROTECTED", "ask": "asks first"}
OPEN = Content.styled("open", "$success")
NOT_OPEN = "It is not open. Enter opens it, and what is open stays open."
NO_REGION = "Enter a Region such as us-east-1."


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A Region with the number of its secrets, None if it is not known.

    `state` says whether it is the present and the home Region.
    """

    name: str
    secrets: int | None
    state: str


class RegionsScreen(SessionScreen[None]):
    """A list of Regions, one of vaults and one of contexts. Tab switches between them."""

    place = places.REGIONS
    BINDINGS = keys.list_bindings("regions")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#regions"
    at_once = frozenset({"add"})

    regions = getters.query_one("#regions", Table)
    vaults = getters.query_one("#vaults", Table)
    contexts = getters.query_one("#contexts", Table)

    def on_mount(self) -> None:
        self.regions.return_to(self.session.region)

    def compose(self) -> ComposeResult:
        yield self.create_header()
        with ReadPane(), Horizontal(id="areas"):
            with Panel(title=self._make_title(), id="regions-area"):
                yield Table(
                    Column("Region", lambda region: sanitize(region.name), 14, grows=1),
                    Column("Secrets", _format_count, 7),
                    Column("", lambda region: sanitize(region.state), 10),
                    key=lambda region: region.name, nothing=SafeText(""), id="regions",
                )
                yield Static(id="use", classes="-muted")
            with Vertical(id="others"):
                with Panel(title="Recent vaults", id="vaults-area"):
                    yield Table(
                        Column("Vault", lambda vault: sanitize(vault[0].name), 16, grows=1, names=True),
                        Column("Folder", lambda vault: sanitize(vault[0].parent), 16, grows=2, drop=1),
                        Column("", self._format_vault_state, 11),
                        key=lambda vault: vault[0], nothing=SafeText(NOT_REMEMBERED), id="vaults",
                    )
                with Panel(title="Contexts", id="contexts-area"):
                    yield Table(
                        Column("Context", lambda row: sanitize(row.context.name), 16, grows=1, names=True),
                        Column("Account or vault", lambda row: sanitize(row.details), 16, grows=2, drop=1),
                        Column("", self._format_context_state, 11),
                        key=lambda row: row.context.name, nothing=SafeText(NO_CONTEXTS), id="contexts",
                    )
        yield Footer()

    def _make_title(self) -> SafeText:
        return sanitize(f"Regions of {self.vault.title}" if self.vault.can.has_costs else "Regions of this vault")

    async def load(self) -> None:
        known = await call(list_known_vaults)
        open_vaults = [(path, True) for path in self.app.parked_vaults if path not in dict(known)]
        self.vaults.put([*open_vaults, *known])
        self.contexts.put(await call(list_contexts))
        await self.look_for_more()
        await self._load_regions()

    async def _load_regions(self) -> None:
        """Reads the Regions last, because an account may have to be asked for them."""
        counts: Mapping[str, int | None] = await call(self.vault.regions)
        here, home = self.session.region, self.vault.region_name
        missing = None if self.vault.can.has_costs else 0
        names = sorted({*counts, here, home})
        self.regions.put(
            [RegionRow(name, counts.get(name, missing), _format_region_state(name, here, home)) for name in names]
        )

    async def look_for_more(self) -> None:
        """Shows who is signed in to an account, and counts the calls."""
        use = self.query_one("#use", Static)
        use.display = self.vault.can.has_costs
        if use.display:
            caller, calls = await call(cast("AccountVault", self.vault).describe_use)
            use.update(Content(sanitize(caller)))
            show_title(self.query_one("#regions-area"), sanitize(f"{self._make_title()} · {calls}"))

    def _format_vault_state(self, vault: tuple[Path, bool]) -> Content:
        path, there = vault
        if path.absolute() in self.app.open_paths:
            return OPEN
        return Content("") if there else Content.styled("✗ missing", "$text-muted")

    def _format_context_state(self, row: ContextRow) -> Content:
        if self._get_path(row.context) in self.app.open_paths:
            return OPEN
        return Content("" if row.context.protection == "no" else PROTECTED[row.context.protection])

    def _get_path(self, context: ContextSettings) -> Path:
        """What the app knows a context by while it is open."""
        return make_context_path(expand_home(context.vault), context if context.is_aws else None)

    @property
    def _has_vaults_focused(self) -> bool:
        return self.focused is self.vaults

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.refresh_bindings()

    # Actions.

    @on(Table.Selected)
    def action_open(self) -> None:
        """Switches to the Region, the vault or the context under the cursor."""
        if self._has_vaults_focused:
            self._open_vault()
        elif self.focused is self.contexts:
            self._open_context()
        elif region := self.regions.current:
            self.app.look_at_region(region.name)

    def _open_vault(self) -> None:
        if vault := self.vaults.current:
            if vault[0].absolute() == self.app.context_path:
                self.say("This vault is already open.")
            else:
                self.app.open_another(vault[0])

    def _open_context(self) -> None:
        row = self.contexts.current
        if row is None:
            return
        if self._get_path(row.context) == self.app.context_path:
            self.say("This context is already open.")
        elif row.context.is_aws:
            self.app.open_account(row.context)
        else:
            self.app.open_another(expand_home(row.context.vault), read_only=row.context.protection == "read" or None)

    def action_compare(self) -> None:
        """Compares this Region with the Region, vault or context under the cursor, if it is open."""
        from smtui.tui.comparison.screen import ComparisonScreen
        from smtui.tui.comparison.sides import OtherSide

        if self.focused is self.regions:
            region = self.regions.current
            side = OtherSide(self.session, region.name) if region else None
        else:
            vault, row = self.vaults.current, self.contexts.current
            in_contexts = self._get_path(row.context) if row else None
            path = vault[0].absolute() if self._has_vaults_focused and vault else in_contexts
            found = next((each for each in self.app.sessions if each.vault.path.absolute() == path), None)
            side = OtherSide(found, found.region) if found else None
        if side is None:
            self.say(NOT_OPEN)
        else:
            self.app.push_screen(ComparisonScreen(self.session, side))

    @gesture
    async def action_add(self) -> None:
        """Asks for a Region or a vault that is not in the list, and switches to it."""
        if self.focused is self.contexts:
            self.say(ADD_CONTEXT)
            return
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
        """Removes the vault from the list of recent vaults, whose file is kept; or the kept list of an account."""
        if self.focused is self.contexts:
            await self._forget_index()
        elif vault := self.vaults.current:
            await call(recent_vaults.forget_vaults, vault[0])
            await self.reload()
            self.say(f"{vault[0].name} removed from the list. The file is kept.")

    async def _forget_index(self) -> None:
        row, keeping = self.contexts.current, find_writable_vault(self.app.sessions)
        if row is None or keeping is None:
            return
        name, kept = row.context.name, keeping.vault.kept_indexes
        was_kept = await keeping.lane.run(lambda: kept.forget(name))
        self.say(f"The kept list of {name} is deleted from {keeping.vault.path.name}." if was_kept
                 else f"No list of {name} is kept.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "remove":
            return True
        context = self.contexts.current if self.focused is self.contexts else None
        can_forget = context is not None and context.context.keeps_index and find_writable_vault(self.app.sessions)
        return self._has_vaults_focused or bool(can_forget)


def _format_count(region: RegionRow) -> SafeText:
    return sanitize("?" if region.secrets is None else f"{region.secrets:,}")


def _format_region_state(name: str, here: str, home: str) -> str:
    return ", ".join(word for word, true in (("here", name == here), ("home", name == home)) if true)
