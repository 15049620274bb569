"""The command palette: the actions of the screen it was opened on, each with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from smtui.tui import keys

MEANINGLESS_HERE = frozenset({"command_palette", "help_quit"})


class Actions(Provider):
    """Reads the same bindings as footer and help."""

    def _actions(self) -> list[tuple[str, str, Callable[[], object]]]:
        found: dict[str, tuple[str, str, Callable[[], object]]] = {}
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            if active.enabled and binding.id and binding.action not in MEANINGLESS_HERE:
                run = partial(self.app.run_action, binding.action, active.node)
                found.setdefault(binding.id, (f"{binding.description}  {keys.spell(key)}", active.tooltip, run))
        return list(found.values())

    async def discover(self) -> Hits:
        for title, tooltip, run in self._actions():
            yield DiscoveryHit(title, run, help=tooltip)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, tooltip, run in self._actions():
            score = max(matcher.match(title), matcher.match(tooltip) / 2)
            if score > 0:
                yield Hit(score, matcher.highlight(title), run, help=tooltip)
