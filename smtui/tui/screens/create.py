"""The first run: a passphrase, typed twice, makes the vault."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

import smtui
from smtui import strength, wordlist
from smtui.ambient import Ambient
from smtui.api.errors import SmtuiError
from smtui.shown import shown
from smtui.strength import Strength
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.screens.recovery import RecoveryScreen
from smtui.tui.session import Opened
from smtui.tui.widgets.frame import KeyBar, Masthead
from smtui.tui.widgets.passphrase import Passphrase, wipe

if TYPE_CHECKING:
    from smtui.tui.app import SmtuiApp

WELCOME = "There is no vault here yet. A passphrase makes one; nobody can open it without."
ADVICE = "Ctrl+G takes six random words, which a person can remember and no machine can guess."
NOTE = "Write the words down, then type them into the second field. "
PAUSE = 0.3
"""Seconds without a key before the strength is estimated."""


class CreateScreen(Screen[None]):
    """Answers a weak passphrase with what it is worth, and lets the person decide."""

    BINDINGS = keys.of("create")
    CSS_PATH = "create.tcss"
    AUTO_FOCUS = "#first"

    app: getters.app[SmtuiApp]
    first = getters.query_one("#first", Passphrase)
    again = getters.query_one("#again", Passphrase)
    said = getters.query_one("#said", Static)
    words = getters.query_one("#words", Static)

    def __init__(self, path: Path, ambient: Ambient | None = None) -> None:
        super().__init__()
        self._path = path
        self._ambient = ambient or Ambient()
        self._strength: Strength | None = None
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Masthead(shown("first run"))
        with Vertical(classes="card"):
            yield Static("Make a vault", classes="title")
            yield Static(Content(shown(self._path)), id="path")
            yield Static(WELCOME)
            yield Passphrase("Passphrase", id="first")
            yield Static(id="words")
            yield Passphrase("The same again", id="again")
            yield Static(ADVICE, id="said", classes="-muted")
        yield KeyBar()

    def _say(self, sentence: str, state: str = "") -> None:
        self.said.set_classes([state] if state else [])
        self.said.update(Content(shown(sentence, lines=True)))

    # Six words.

    def action_words(self) -> None:
        """The words go into the first field; typing them into the second shows that they were noted."""
        chosen = wordlist.random_words(self._ambient)
        self.words.update(Content(chosen))
        self.words.set_classes(["-shown"])
        self.first.clear()
        self.first.type(chosen)
        self.again.clear()
        self.again.focus()
        self.refresh_bindings()

    def action_hide(self) -> None:
        self.words.toggle_class("-hidden")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.words.has_class("-shown") if action == "hide" else True

    # How strong it is.

    @on(Passphrase.Changed, "#first")
    def _estimate_soon(self) -> None:
        self._strength = None
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._estimate)

    @gesture
    async def _estimate(self) -> None:
        found = await self._measure()
        if found is not None and self.first.count:
            noted = NOTE if self.words.has_class("-shown") else ""
            self._say(noted + found.sentence, "-warning" if found.weak else "")

    async def _measure(self) -> Strength | None:
        """The strength of what is in the first field, unless somebody typed on meanwhile."""
        if self._strength is None:
            asked = self._pause
            found = await call(strength.estimate, self.first.peek())
            if asked is self._pause:
                self._strength = found
        return self._strength

    # Making it.

    @on(Passphrase.Submitted, "#first")
    def _to_the_second(self) -> None:
        self.again.focus()

    @on(Passphrase.Submitted, "#again")
    @gesture
    async def create(self) -> None:
        if not self._agree():
            return
        found = await self._measure()
        if found is not None and found.weak and not await self.app.push_screen_wait(_all_the_same(found)):
            self._start_again(found.sentence, "-warning")
            return
        await self._make()

    def _agree(self) -> bool:
        """Both fields hold the same, and something."""
        if not self.first.count:
            self._start_again("An empty passphrase protects nothing.", "-error")
        elif not hmac.compare_digest(self.first.peek(), self.again.peek()):
            self.again.clear()
            self._say("The two differ. Type the passphrase again.", "-error")
        else:
            return True
        return False

    def _start_again(self, sentence: str, state: str) -> None:
        self.again.clear()
        self.first.focus()
        self._say(sentence, state)

    async def _make(self) -> None:
        wipe(self.again.take())
        typed = self.first.take()
        self.words.update("")
        self._say("Deriving the key…")
        self.disabled = True
        try:
            vault = await call(smtui.create_vault, self._path, typed)
        except (SmtuiError, OSError) as error:
            self.disabled = False
            self._start_again(_sentence(error), "-error")
            return
        finally:
            wipe(typed)
        await self.app.push_screen_wait(RecoveryScreen(vault.take_recovery_code()))
        self.post_message(Opened(vault))


def _sentence(error: Exception) -> str:
    return f"{error}\n{getattr(error, 'hint', '')}".strip()


def _all_the_same(found: Strength) -> Confirm:
    return Confirm(shown("Use this passphrase all the same?"), shown(found.sentence), "Use it")
