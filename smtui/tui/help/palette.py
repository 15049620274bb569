"""The command palette: actions of the current screen, places, and vault tasks, with their keys if they have any."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider

from smtui.tui import key_names

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

GO = "everywhere.go"
MEANINGLESS_HERE = frozenset({"command", "command_palette", "help_quit"})


PaletteEntry = tuple[str, str, Callable[[], object]]
"""The title, the description and the action of a command."""


@runtime_checkable
class CommandScreen(Protocol):
    """A screen with commands that have no key."""

    def list_commands(self) -> Iterable[PaletteEntry]:
        """Yields its commands."""


class Actions(Provider):
    """Lists the enabled bindings of the screen, the commands of a `CommandScreen`, places and tasks."""

    def _list_actions(self) -> list[PaletteEntry]:
        found: dict[str, PaletteEntry] = {}
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            if active.enabled and binding.id and binding.action not in MEANINGLESS_HERE:
                run = partial(self.app.run_action, binding.action, active.node)
                found.setdefault(binding.id, (f"{binding.description}  {key_names.spell(key)}", active.tooltip, run))
        more = self.screen.list_commands() if isinstance(self.screen, CommandScreen) else ()
        return [*found.values(), *more, *self._list_places_and_tasks(found)]

    def _list_places_and_tasks(self, found: Collection[str]) -> Iterator[PaletteEntry]:
        """Yields places and tasks, if the menu of places is available on the screen.

        Args:
            found: the ids of the enabled bindings.
        """
        from smtui.tui.help.places import PLACES
        from smtui.tui.vault.tasks import TASKS

        if GO not in found:
            return
        app = cast("Shell", self.app)
        go = key_names.find_bound_key(self.screen, GO)
        for place in PLACES:
            yield f"Go to {place.words}  {go} {place.key}", place.tooltip, partial(app.visit, place)
        if app.session is not None and not app.session.read_only:
            yield "Read-only mode  :ro", "Enter read-only mode", partial(app.run_action, "app.forbid_changes")
        for task in TASKS:
            yield f"Vault: {task.title}", task.tooltip, partial(app.run_vault_task, task)

    async def discover(self) -> Hits:
        for title, tooltip, run in self._list_actions():
            yield DiscoveryHit(title, run, help=tooltip)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, tooltip, run in self._list_actions():
            score = max(matcher.match(title), matcher.match(tooltip) / 2)
            if score > 0:
                yield Hit(score, matcher.highlight(title), run, help=tooltip)
