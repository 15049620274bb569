"""A passphrase to be: typed twice, or six random words; what it is worth is said, and the person decides."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from smtui.passphrase import strength, wordlist
from smtui.passphrase.strength import Strength
from smtui.system.ambient import Ambient
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture, reading
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.unlock.passphrase import Passphrase, wipe

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

ADVICE = "Ctrl+G takes six random words, which a person can remember and no machine can guess."
NOTE = "Write the words down, then type them into the second field. "
PAUSE = 0.3
"""Seconds without a key before the strength is estimated."""


class NewPassphrase(Vertical):
    """Says `Chosen` when both fields agree; `take` hands it over."""

    BINDINGS = keys.of("create")
    DEFAULT_CSS = """
    NewPassphrase {
        height: auto;

        & > #first {
            margin-top: 1;
        }

        & > #words {
            display: none;
            padding: 0 2;
            color: $accent;
            text-style: bold;

            &.-shown {
                display: block;
            }

            &.-hidden {
                display: none;
            }
        }

        & > #said {
            min-height: 2;
            padding: 0 1;
        }
    }
    """

    app: getters.app[Shell]
    first = getters.query_one("#first", Passphrase)
    again = getters.query_one("#again", Passphrase)
    said = getters.query_one("#said", Static)
    words = getters.query_one("#words", Static)

    class Chosen(Message):
        """It may be taken."""

    def __init__(self, ambient: Ambient | None = None) -> None:
        super().__init__()
        self._ambient = ambient or Ambient()
        self._strength: Strength | None = None
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Passphrase("Passphrase", id="first")
        yield Static(id="words")
        yield Passphrase("The same again", id="again")
        yield Static(ADVICE, id="said", classes="-muted")

    def say(self, sentence: SafeText, state: str = "") -> None:
        self.said.set_classes([state] if state else [])
        self.said.update(Content(sentence))

    # Six words.

    def action_words(self) -> None:
        """The words go into the first field; typing them into the second shows that they were noted."""
        chosen = wordlist.generate_words(self._ambient)
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
        return self.is_mounted and self.words.has_class("-shown") if action == "hide" else True

    # How strong it is.

    @on(Passphrase.Changed, "#first")
    def _estimate_soon(self) -> None:
        self._strength = None
        self.said.remove_class("-error")
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._estimate)

    @reading
    async def _estimate(self) -> None:
        """An error about what was entered stays until the first field changes."""
        found = await self._measure()
        if found is not None and self.first.count and not self.said.has_class("-error"):
            noted = NOTE if self.words.has_class("-shown") else ""
            self.say(sanitize(noted + found.sentence), "-warning" if found.is_weak else "")

    async def _measure(self) -> Strength | None:
        """The strength of what is in the first field, unless somebody typed on meanwhile."""
        if self._strength is None:
            asked = self._pause
            found = await call(strength.estimate_strength, self.first.peek())
            if asked is self._pause:
                self._strength = found
        return self._strength

    # Choosing it.

    @on(Passphrase.Submitted, "#first")
    def _to_the_second(self) -> None:
        self.again.focus()

    @on(Passphrase.Submitted, "#again")
    @gesture
    async def choose(self) -> None:
        if not self._agree():
            return
        found = await self._measure()
        if found is not None and found.is_weak and not await self.app.push_screen_wait(_all_the_same(found)):
            self.start_again(sanitize(found.sentence), "-warning")
            return
        self.post_message(self.Chosen())

    def _agree(self) -> bool:
        """Both fields hold the same, and something."""
        if not self.first.count:
            self.start_again(SafeText("An empty passphrase protects nothing."), "-error")
        elif not hmac.compare_digest(self.first.peek(), self.again.peek()):
            self.again.clear()
            self.say(SafeText("The two differ. Type the passphrase again."), "-error")
        else:
            return True
        return False

    def start_again(self, sentence: SafeText, state: str) -> None:
        self.again.clear()
        self.first.focus()
        self.say(sentence, state)

    def take(self) -> bytearray:
        """What was chosen; nothing of it stays here, and the receiver wipes it."""
        wipe(self.again.take())
        self.words.update("")
        return self.first.take()


def _all_the_same(found: Strength) -> Confirm:
    return Confirm(sanitize("Use this passphrase all the same?"), sanitize(found.sentence), "Use it")
