"""The part of the app that shows another context. What was shown stays open, and is shown again as it was left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.text.sanitize import sanitize
from smtui.tui.bridge import Lane, gesture, get_lane, use_lane
from smtui.tui.contexts.context_path import make_context_path
from smtui.tui.dialogs.dialog import confirm_discard, list_dirty_forms
from smtui.tui.help.places import REGIONS
from smtui.tui.leaving_app import LeavingApp
from smtui.tui.locking_app import LEAVING_GROUP
from smtui.tui.running_work import list_unfinished
from smtui.tui.unlock.parked_context import ParkedContext

if TYPE_CHECKING:
    from smtui.system.context_settings import ContextSettings
    from smtui.tui.session import Session
    from smtui.tui.unlock.return_place import ReturnPlace

NO_OTHER = "No other context is open. c opens one."
JOB_RUNS = "Another context can be shown when it is done."


class SwitchingApp(LeavingApp):
    """Keeps several contexts open at once, and shows one of them."""

    _place_before: ReturnPlace | None = None
    """Where the user was before the list of contexts."""

    @gesture
    async def choose_another(self) -> None:
        """Asks for another vault and opens it."""
        from smtui.tui.contexts.choose_vault import choose_vault

        path = await choose_vault(self)
        if path is not None:
            self.open_another(path)

    def open_another(self, path: Path, *, read_only: bool | None = None) -> None:
        """Shows another vault, or the screen that unlocks or creates it.

        Args:
            path: the file.
            read_only: whether to refuse changes; None means as the program was started, or as chosen before.
        """
        if read_only is not None and path.absolute() not in self.open_paths:
            self.choose_read_only(path.absolute(), read_only)
        self.run_worker(self._show_context(path), group=LEAVING_GROUP)

    def open_account(self, context: ContextSettings, region: str | None = None) -> None:
        """Shows an AWS account, or signs in to it."""
        self.run_worker(self._show_context(self.path, context, region), group=LEAVING_GROUP)

    @property
    def open_paths(self) -> frozenset[Path]:
        """What the open contexts are known by: the path of a vault, `make_account_path` of an account."""
        return frozenset(session.vault.path.absolute() for session in self.sessions)

    @property
    def parked_vaults(self) -> Sequence[Path]:
        """The paths of the vaults that are open and not shown."""
        return [each.session.vault.path for each in self.parked if each.account is None]

    @gesture
    async def action_previous_context(self) -> None:
        """Shows the open context that was shown before this one."""
        if self.parked:
            self.run_worker(self._show_parked(self.parked[0]), group=LEAVING_GROUP)
        else:
            self.notify(NO_OTHER, markup=False)

    def return_to_open(self) -> None:
        """Leaves the screen that opens a context, for the context that was shown before."""
        if self.session is None and self.parked:
            self.run_worker(self._show_parked(self.parked[0]), group=LEAVING_GROUP)

    async def _show_context(
        self, path: Path, account: ContextSettings | None = None, region: str | None = None
    ) -> None:
        key = make_context_path(path, account)
        parked = next((each for each in self.parked if each.session.vault.path.absolute() == key), None)
        if parked is not None:
            await self._show_parked(parked, region)
        elif await self._keep_open():
            self.path, self._account, self._account_region = path, account, region
            await self.show_only(self.make_first_screen())

    async def _show_parked(self, parked: ParkedContext, region: str | None = None) -> None:
        """Shows an open context as it was left, or another Region of it."""
        from smtui.tui.secret_list.screen import SecretsScreen
        from smtui.tui.unlock.return_place import return_to

        if not await self._keep_open() or parked not in self.parked:
            return
        self.parked.remove(parked)
        get_lane().end()
        session = parked.session
        use_lane(session.lane)
        self.path, self._account, self._account_region = parked.path, parked.account, session.region
        self.session = session
        if parked.place is None or region not in (None, session.region):
            session.region = region or session.region
            await self.show_only(SecretsScreen(session))
        else:
            await return_to(self, session, parked.place)

    async def _keep_open(self) -> bool:
        """Keeps what is shown open in the background. False if that is not possible now, or the user declines."""
        from smtui.tui.unlock.return_place import find_return_place

        session = self.session
        if session is None:
            return True
        if running := list_unfinished(session, self.screen_stack):
            self.notify(sanitize(f"{running[0]} {JOB_RUNS}"), severity="warning", markup=False)
            return False
        if not await self.confirm_leaving() or self.session is not session:
            return False
        place = find_return_place(self, session, keeps_marks=True)
        if place is not None and place.place is REGIONS and self._place_before is not None:
            place = self._place_before
        self.session = None
        self.parked.insert(0, ParkedContext(session, self.path, self._account, place))
        use_lane(Lane())
        return True

    def remember_place(self, session: Session) -> None:
        """Keeps the place to return to, before the list of contexts replaces what is shown."""
        from smtui.tui.unlock.return_place import find_return_place

        place = find_return_place(self, session, keeps_marks=True)
        if place is None or place.place is not REGIONS:
            self._place_before = place

    async def confirm_leaving(self) -> bool:
        """Whether the screens can be closed: none has unsaved changes, or the user discards them."""
        return not list_dirty_forms(self.screen_stack) or await confirm_discard(self)
