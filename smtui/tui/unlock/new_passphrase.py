"""The form for a new passphrase: typed twice or generated as six words, with an estimate of its strength.

It also offers a key file, and a key derivation that makes each guess more expensive.
"""

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
from smtui.tui.unlock.key_file_field import KeyFileField, KeyFileLabel
from smtui.tui.unlock.passphrase_change import PassphraseChange
from smtui.tui.widgets.passphrase import Passphrase, wipe

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

ADVICE = "Ctrl+G generates six random words: easy to remember, infeasible to guess."
NOTE = "Write the words down, then type them into the second field. "
KEY_FILE = "Key file, needed in addition to the passphrase. If it is missing, it is created. Keep a copy of it."
KEY_FILE_KEPT = "Key file: empty keeps the current one, a path replaces it, F5 removes it."
KEY_FILE_UNKNOWN = "Key file: enter the path of the current one or of a new one. F5 removes it."
KEY_FILE_REMOVED = "No key file from now on. F5 undoes that."
MISSING_PATH = SafeText("Enter the path of the key file, or press F5 to use none.")
COSTLY = "Key derivation with 256 MiB: each guess, and each unlock, takes about four times as long."
COSTLY_MEMORY = 256
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

        & > #cost {
            display: none;
            padding: 0 1;
            color: $text-muted;

            &.-shown {
                display: block;
            }
        }
    }
    """

    app: getters.app[Shell]
    first = getters.query_one("#first", Passphrase)
    again = getters.query_one("#again", Passphrase)
    said = getters.query_one("#said", Static)
    key_file = getters.query_one("#key-file", KeyFileField)
    key_file_label = getters.query_one("#key-file-label", KeyFileLabel)
    cost = getters.query_one("#cost", Static)
    words = getters.query_one("#words", Static)

    class Chosen(Message):
        """A passphrase is chosen and can be taken."""

    def __init__(self, ambient: Ambient | None = None, *, memory: int = 64) -> None:
        super().__init__()
        self._ambient = ambient or Ambient()
        self._memory = memory
        self._has_key_file = self._knows_key_file = False
        self._strength: Strength | None = None
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Passphrase("Passphrase", id="first")
        yield Static(id="words")
        yield Passphrase("Repeat passphrase", id="again")
        yield KeyFileLabel(KEY_FILE, id="key-file-label")
        yield KeyFileField(id="key-file")
        yield Static(COSTLY, id="cost")
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
        if action == "costly":
            return self._memory < COSTLY_MEMORY
        return self.is_mounted and self.words.has_class("-shown") if action == "hide" else True

    # Key file and key derivation.

    def show_vault(self, *, has_key_file: bool, knows_key_file: bool, memory: int) -> None:
        """Shows what the vault has now: a key file, whether it can be kept without its path, the MiB of derivation."""
        self._has_key_file, self._knows_key_file, self._memory = has_key_file, knows_key_file, memory
        if has_key_file:
            self.action_key_file()
        self.refresh_bindings()

    def action_key_file(self) -> None:
        """Shows or hides the field of the key file."""
        is_shown = not self.key_file.is_shown
        self.key_file.set_class(is_shown, "-shown")
        self.key_file_label.set_class(is_shown or self._has_key_file, "-shown")
        if not self._has_key_file:
            words = KEY_FILE
        elif is_shown:
            words = KEY_FILE_KEPT if self._knows_key_file else KEY_FILE_UNKNOWN
        else:
            words = KEY_FILE_REMOVED
        self.key_file_label.update(words)
        if is_shown and not self._has_key_file:
            self.key_file.focus()
        elif not is_shown and self.app.focused is self.key_file:
            self.first.focus()

    def action_costly(self) -> None:
        """Chooses the more expensive key derivation, or takes that back."""
        self.cost.toggle_class("-shown")

    @on(KeyFileField.Submitted, "#key-file")
    def _back_to_the_passphrase(self, event: KeyFileField.Submitted) -> None:
        event.stop()
        (self.again if self.first.count else self.first).focus()

    @property
    def key_file_path(self) -> str:
        """The path of the new key file; empty if there is none, or the present one stays."""
        return self.key_file.path

    @property
    def removes_key_file(self) -> bool:
        return self._has_key_file and not self.key_file.is_shown

    @property
    def kdf_memory(self) -> int | None:
        """The chosen MiB of the key derivation; None for the present or usual one."""
        return COSTLY_MEMORY if self.cost.has_class("-shown") else None

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
        elif self._is_path_missing():
            self.key_file.focus()
            self.say(MISSING_PATH, "-error")
        else:
            return True
        return False

    def _is_path_missing(self) -> bool:
        """Whether the field of the key file is shown and empty, and that does not keep the present one."""
        return self.key_file.is_shown and not self.key_file.path and not self._knows_key_file

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

    def take_change(self) -> PassphraseChange:
        """Returns what the user chose, and empties the form. The caller must wipe the result."""
        return PassphraseChange(self.take(), self.key_file_path, self.removes_key_file, self.kdf_memory)


def _make_confirmation(found: Strength) -> Confirm:
    return Confirm(sanitize("Use this weak passphrase?"), sanitize(found.sentence), "Use passphrase")
