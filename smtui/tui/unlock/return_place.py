"""The position of the user at the lock, or when another context is shown, to which the user returns.

It holds names, a filter and positions, and no values.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.tui.base_screen import SessionScreen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.tabs import VALUE, VERSIONS, SecretTab
from smtui.tui.secret_list.name_tree import TreeState
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.unlock.screen_position import ScreenPosition, find_position, restore_cursors, restore_position

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

    from smtui.api.types import SecretListEntry
    from smtui.tui.session import Session
    from smtui.tui.shell import Place, Shell


@dataclass(frozen=True, slots=True)
class ReturnPlace:
    """The state of the list and of the screens above it.

    Attributes:
        path: the vault file.
        region: the Region that was shown.
        list_query: the query of the list of secrets.
        previous_query: the query that the list of planned deletions replaced; None if it was not shown.
        cursor: the ARN of the secret under the cursor, or the path of the group; empty if there was neither.
        row: the row of the cursor, from 0.
        secret: the ARN or name of the open secret; empty if none was open.
        part: the number of its open tab.
        place: the open place of the menu; None if none was open.
        position: the position on the screen of `place`.
        secret_position: the position on the screen of the open secret.
        marked: the marked secrets. A lock forgets them.
        tree_state: which groups of the tree were expanded, and which one was open.
    """

    path: Path
    region: str
    list_query: ListQuery
    previous_query: ListQuery | None
    cursor: str
    row: int
    secret: str = ""
    part: int = VALUE
    place: Place | None = None
    position: ScreenPosition = field(default_factory=ScreenPosition)
    secret_position: ScreenPosition = field(default_factory=ScreenPosition)
    marked: tuple[SecretListEntry, ...] = ()
    tree_state: TreeState = field(default_factory=TreeState)

    def forget_marks(self) -> ReturnPlace:
        """The same position without marks, as a lock leaves it."""
        return replace(self, marked=())


def find_return_place(app: Shell, session: Session, *, keeps_marks: bool = False) -> ReturnPlace | None:
    """Returns the current position; None if the list of secrets is not shown yet."""
    stack = list(app.screen_stack)
    listing = next((screen for screen in stack if isinstance(screen, SecretsScreen)), None)
    if listing is None or not listing.query("SecretList"):  # still being composed
        return None
    secret, place = _find_open_secret(reversed(stack)), _find_open_place(reversed(stack))
    return ReturnPlace(
        session.vault.path, session.region, listing.list_query, listing.previous_query,
        listing.secrets.current_key or "", listing.secrets.cursor,
        secret.secret_id if secret else "", secret.number if secret else VALUE, place.place if place else None,
        find_position(place) if place else ScreenPosition(), find_position(secret) if secret else ScreenPosition(),
        tuple(listing.secrets.selection.entries) if keeps_marks else (), listing.secrets.model.tree_state,
    )  # fmt: skip


async def return_to(app: Shell, session: Session, place: ReturnPlace) -> None:
    """Shows the list as it was left, and above it the secret or place that was open."""
    session.region = place.region
    listing = SecretsScreen(session)
    listing.set_initial_list(place.list_query, place.previous_query, place.cursor, place.row,
                             tree_state=place.tree_state)
    await app.show_only(listing)
    listing.secrets.selection.selected.add(place.marked)
    if place.place is not None:
        await app.go_to(place.place, place.position.filter)
        restore_cursors(app.screen, place.position)
    if place.secret:
        secret = SecretScreen(session, secret_id=place.secret, first=place.part)
        if place.part > VERSIONS:
            secret.prepare_tab = partial(restore_position, position=place.secret_position)
        await app.push_screen(secret)
        if place.part <= VERSIONS:
            restore_cursors(secret, place.secret_position)


def _find_open_secret(from_top: Iterable[Screen[object]]) -> SecretTab | None:
    return next((screen for screen in from_top if isinstance(screen, SecretTab)), None)


def _find_open_place(from_top: Iterable[Screen[object]]) -> SessionScreen[object] | None:
    return next((screen for screen in from_top if isinstance(screen, SessionScreen) and screen.place), None)
