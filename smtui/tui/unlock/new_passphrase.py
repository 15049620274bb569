"""The form for a new passphrase: typed twice or generated as six words, with an estimate of its strength."""

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
from smtui.tui.widgets.passphrase import Passphrase, wipe

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

ADVICE = "Ctrl+G generates six random words: easy to remember, infeasible to guess."
NOTE = "Write the words down, then type them into the second field. "
PAUSE = 0.3
"""Seconds without a key press before the strength is estimated."""


class NewPassphrase(Vertical):
    """Posts `Chosen` when both fields are equal and the user accepts the strength; `take` returns the passphrase."""

    BINDINGS = keys.list_bindings("create")
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
        """A passphrase is chosen and can be taken."""

    def __init__(self, ambient: Ambient | None = None) -> None:
        super().__init__()
        self._ambient = ambient or Ambient()
        self._strength: Strength | None = None
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Passphrase("Passphrase", id="first")
        yield Static(id="words")
        yield Passphrase("Repeat passphrase", id="again")
        yield Static(ADVICE, id="said", classes="-muted")

    def say(self, sentence: SafeText, state: str = "") -> None:
        """Shows `sentence` below the fields. `state` is a CSS class, such as `-error`."""
        self.said.set_classes([state] if state else [])
        self.said.update(Content(sentence))

    # Generated words.

    def action_words(self) -> None:
        """Puts six random words into the first field. Typing them into the second shows that they are noted."""
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

    # Strength.

    @on(Passphrase.Changed, "#first")
    def _estimate_soon(self) -> None:
        self._strength = None
        self.said.remove_class("-error")
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._estimate)

    @reading
    async def _estimate(self) -> None:
        """Shows the estimated strength, unless an error is shown: that stays until the first field changes."""
        found = await self._measure()
        if found is not None and self.first.count and not self.said.has_class("-error"):
            noted = NOTE if self.words.has_class("-shown") else ""
            self.say(sanitize(noted + found.sentence), "-warning" if found.is_weak else "")

    async def _measure(self) -> Strength | None:
        """Returns the strength of the first field; None if the field changed during the estimate."""
        if self._strength is None:
            asked = self._pause
            found = await call(strength.estimate_strength, self.first.peek())
            if asked is self._pause:
                self._strength = found
        return self._strength

    # Choosing the passphrase.

    @on(Passphrase.Submitted, "#first")
    def _to_the_second(self) -> None:
        self.again.focus()

    @on(Passphrase.Submitted, "#again")
    @gesture
    async def choose(self) -> None:
        """Posts `Chosen` if the fields are equal. A weak passphrase needs a confirmation."""
        if not self._check_fields():
            return
        found = await self._measure()
        if found is not None and found.is_weak and not await self.app.push_screen_wait(_make_confirmation(found)):
            self.start_again(sanitize(found.sentence), "-warning")
            return
        self.post_message(self.Chosen())

    def _check_fields(self) -> bool:
        """Whether both fields are equal and not empty; shows an error if not."""
        if not self.first.count:
            self.start_again(SafeText("A passphrase cannot be empty."), "-error")
        elif not hmac.compare_digest(self.first.peek(), self.again.peek()):
            self.again.clear()
            self.say(SafeText("The passphrases do not match. Re-enter the second one."), "-error")
        else:
            return True
        return False

    def start_again(self, sentence: SafeText, state: str) -> None:
        """Clears the second field, focuses the first, and shows `sentence` with the CSS class `state`."""
        self.again.clear()
        self.first.focus()
        self.say(sentence, state)

    def take(self) -> bytearray:
        """Returns the chosen passphrase and empties the form. The caller must wipe the result."""
        wipe(self.again.take())
        self.words.update("")
        return self.first.take()


def _make_confirmation(found: Strength) -> Confirm:
    return Confirm(sanitize("Use this weak passphrase?"), sanitize(found.sentence), "Use passphrase")
