"""The commands that work on every screen: places, tasks of the vault, Region, vault, secret, read-only mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.arn import is_region
from smtui.rules.regions import REGIONS
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import call
from smtui.tui.command_line.command import Command
from smtui.tui.command_line.secret_names import load_names, load_secret_problem
from smtui.tui.command_line.vault_names import find_vault_problem, find_vaults, list_vault_names
from smtui.tui.contexts.choose_vault import list_known_vaults
from smtui.tui.help import places
from smtui.tui.vault.tasks import TASKS

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

REGION, READ_ONLY = "region", "ro"
REASONS = {
    "rw": "This session can already change secrets.",
    READ_ONLY: "This session is already read-only.",
}
"""Why a command is not available."""


def list_general_commands(app: Shell) -> Iterator[Command]:
    """Yields the commands that do not depend on the screen; without a session, only the one that opens a vault."""
    session = app.session
    if session is not None:
        yield _make_region_command(app, session)
    yield _make_vault_command(app, session)
    if session is None:
        return
    yield Command(("secret",), SafeText("Show a secret by its name or ARN"), partial(app.visit, places.SECRETS),
                  "NAME", True, partial(load_names, session), load_problem=partial(load_secret_problem, session),
                  is_fuzzy=True)
    if not session.read_only:
        forbid = partial(app.call_later, app.run_action, "app.forbid_changes")
        yield Command((READ_ONLY,), SafeText("Enter read-only mode"), lambda _: forbid())
    for place in places.PLACES:
        if place is not places.VAULT:
            words = SafeText(f"Go to {place.words}: {place.tooltip}")
            yield Command(tuple(place.command.split()), words, lambda _, to=place: app.visit(to))  # type: ignore[misc]
    for task in TASKS:
        yield Command((task.command,), SafeText(f"{task.title}: {task.tooltip}"),
                      lambda _, task=task: app.run_vault_task(task))  # type: ignore[misc]


def _make_region_command(app: Shell, session: Session) -> Command:

    async def load_regions() -> Sequence[str]:
        return list(dict.fromkeys((*await call(session.vault.regions), *REGIONS)))

    def open_region(region: str) -> None:
        if region:
            app.look_at_region(region)
        else:
            app.visit(places.REGIONS)

    return Command((REGION,), SafeText("Switch to another Region; without a name: list Regions"), open_region, "REGION",
                   load_values=load_regions, find_problem=find_region_problem)


def find_region_problem(region: str) -> str:
    """Returns why a text is no Region; empty if it is one."""
    if is_region(region):
        return ""
    near = get_close_matches(region, REGIONS, n=1, cutoff=0.5)
    return f"“{region}” is not a Region. {f'Did you mean {near[0]}?' if near else 'Enter a Region such as us-east-1.'}"


def _make_vault_command(app: Shell, session: Session | None) -> Command:
    vaults: list[Path] = []

    async def load_vaults() -> Sequence[str]:
        vaults[:] = [path for path, _ in await call(list_known_vaults)]
        return list_vault_names(vaults)

    def open_vault(argument: str) -> None:
        if argument:
            app.open_another(find_vaults(argument, vaults)[0])
        else:
            app.visit(places.VAULT)

    opened = session.vault.path if session is not None else None
    words = "Open another vault" if session is None else "Open another vault; without a name: tasks of this vault"
    return Command((places.VAULT.command,), SafeText(words), open_vault, "NAME", session is None, load_vaults,
                   partial(find_vault_problem, vaults=vaults, open_vault=opened))
