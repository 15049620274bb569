"""The part of the app that goes to places: the menu, the command line, Regions, secrets and their tabs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from smtui.api.arn import parse_secret_arn
from smtui.rules.regions import is_aws_region
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import key_names, keys, screens
from smtui.tui.bridge import gesture
from smtui.tui.filtered_table_screen import FilteredTableScreen
from smtui.tui.help.places import REGIONS, SECRETS
from smtui.tui.secret.tabs import VALUE, SecretTab
from smtui.tui.session import RecentSecret, Session
from smtui.tui.shell import Place
from smtui.tui.switching_app import SwitchingApp


class NavigationApp(SwitchingApp):
    """Opens the screens of a session above the list of secrets."""

    @gesture
    async def action_command(self) -> None:
        """Asks for a command and runs it."""
        from smtui.tui.command_line.screen import CommandLine
        from smtui.tui.command_line.screen_actions import explain_missing_command, list_commands

        screen, session = self.screen, self.session
        commands = list_commands(self, screen)
        answer = await self.push_screen_wait(CommandLine(
            commands, session.commands if session is not None else (),
            partial(explain_missing_command, commands=commands, screen=screen)))
        if answer is None:
            return
        command, argument, line = answer
        if session is not None:
            session.remember_command(line)
        command.run(argument)

    @gesture
    async def action_go(self) -> None:
        """Asks for a place and opens it above the list of secrets."""
        from smtui.tui.help.go import Go
        from smtui.tui.help.places import PLACES

        chosen = await self.push_screen_wait(Go(self.session.vault.can) if self.session else Go())
        if chosen is not None and await self.confirm_leaving():
            await self.go_to(PLACES[chosen])

    @gesture
    async def action_recent(self) -> None:
        """Asks for one of the secrets opened last, and opens it."""
        from smtui.tui.dialogs.pick import Pick

        recent = self.session.recent_secrets if self.session else []
        nothing = SafeText("No secret was opened or copied in this session yet.")
        chosen = await self.push_screen_wait(Pick(SafeText("Recent secrets"), [each.name for each in recent], nothing))
        if chosen is not None:
            self._open_recent(recent[chosen])

    def action_previous_secret(self) -> None:
        """Opens the secret opened before the one that is shown, or else the last one."""
        recent = self.session.recent_secrets if self.session else []
        is_shown = any(isinstance(screen, SecretTab) for screen in self.screen_stack)
        if len(recent) > is_shown:
            self._open_recent(recent[is_shown])
        else:
            self.notify("No other secret was opened in this session yet.", markup=False)

    @gesture
    async def action_favorite(self) -> None:
        """Makes the secret that is shown, or under the cursor of the list, a favorite, or no longer."""
        from smtui.tui.secret_list.screen import SecretsScreen

        session, screen = self.session, self.screen
        current = screen.secrets.current if isinstance(screen, SecretsScreen) else None
        if session is None:
            return
        if current is not None:
            arn, name = current["ARN"], sanitize(current["Name"])
        elif isinstance(screen, SecretTab) and session.recent_secrets:
            arn, name = session.recent_secrets[0].arn, session.recent_secrets[0].name
        else:
            self.notify("Open a secret, or go to it in the list, first.", markup=False)
            return
        is_favorite = await session.toggle_favorite(arn)
        if isinstance(screen, SecretsScreen):
            screen.secrets.favorites = session.favorites
        self.notify(f"{name} {'added to' if is_favorite else 'removed from'} favourites.", markup=False)

    @gesture
    async def action_favorites(self) -> None:
        """Asks for one of the favorite secrets, and opens it."""
        from smtui.tui.dialogs.pick import Pick

        if self.session is None:
            return
        arns = await self.session.read_favorites()
        favorites = [RecentSecret(arn, sanitize(each.name), each.region)
                     for arn in arns if (each := parse_secret_arn(arn))]
        key = key_names.spell(keys.find_key("everywhere.favorite", self.settings.keys))
        nothing = SafeText(f"No favourites yet. {key} adds a secret.")
        chosen = await self.push_screen_wait(
            Pick(SafeText("Favourite secrets"), [each.name for each in favorites], nothing))
        if chosen is not None:
            self._open_recent(favorites[chosen])

    def _open_recent(self, secret: RecentSecret) -> None:
        if self.session is not None and secret.region != self.session.region:
            self.look_at_region(secret.region, secret.arn)
        else:
            self.visit(SECRETS, secret.arn)

    @gesture
    async def action_switch(self) -> None:
        """Opens the list of Regions and vaults."""
        if await self.confirm_leaving():
            await self.go_to(REGIONS)

    @gesture
    async def visit(self, place: Place, secret_id: str = "") -> None:
        """Goes to `place` and, above it, to a secret if one is given. Asks before it discards unsaved changes."""
        from smtui.tui.secret.screen import SecretScreen

        if not await self.confirm_leaving():
            return
        await self.go_to(place)
        if secret_id and self.session is not None:
            await self.push_screen(SecretScreen(self.session, secret_id))

    async def go_to(self, place: Place, filter_text: str = "") -> None:
        """See `Shell.go_to`."""
        from smtui.tui.secret_list.screen import SecretsScreen

        if self.session is None:
            return
        if place.needs and (reason := self.session.vault.can.explain(place.needs)):
            self.warn(reason)
            return
        if place is REGIONS:
            self.remember_place(self.session)
        while len(self.screen_stack) > 1 and not isinstance(self.screen, SecretsScreen):
            await self.pop_screen()
        if place is not SECRETS:
            screen = screens.make_place_screen(place, self.session)
            if isinstance(screen, FilteredTableScreen):
                screen.initial_filter = filter_text
            await self.push_screen(screen)

    async def open_tab(
        self, session: Session, number: int, secret_id: str, prepare: Callable[[Any], None] | None = None
    ) -> int | None:
        """See `Shell.open_tab`."""
        screen = screens.make_tab_screen(number, session, secret_id)
        screen.prepare = prepare
        return await self.push_screen_wait(screen)

    @gesture
    async def look_at_region(self, region: str, secret_id: str = "", part: int = VALUE) -> None:
        """Closes all screens and shows the list of secrets of a Region and, above it, the secret if one is given."""
        from smtui.tui.secret.screen import SecretScreen
        from smtui.tui.secret_list.screen import SecretsScreen

        session = self.session
        if session is None or not await self.confirm_leaving():
            return
        session.region = region
        if not is_aws_region(region):
            self.notify(sanitize(f"No AWS Region named {region} is known."), severity="warning", markup=False)
        await self.show_only(SecretsScreen(session))
        if secret_id:
            await self.push_screen(SecretScreen(session, secret_id, part))

    def look_again(self) -> None:
        """Reloads every screen of the session."""
        from smtui.tui.base_screen import SessionScreen

        for screen in self.screen_stack:
            if isinstance(screen, SessionScreen):
                screen.start_reading()
        self.screen.refresh_bindings()

    def create_secret(self, value: str) -> None:
        """Opens the form of a new secret with this value."""
        from smtui.tui.secret.create_secret import create_secret

        self.run_task(partial(create_secret, value=value))
