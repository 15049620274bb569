"""The form of an import: the source file and how the new secrets are named."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.system.paths import expand_home
from smtui.text.sanitize import sanitize
from smtui.transfer import formats
from smtui.tui.dialogs.fields import FieldsForm, InvalidFieldError
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.passphrase import Passphrase
from smtui.tui.widgets.path_input import PathInput
from smtui.tui.widgets.plain_input import PlainInput

ABOUT = (
    "KeePass, Bitwarden, 1Password, browsers, .env files, Kubernetes, output of aws secretsmanager, and more: what a "
    "file is, is recognised by its content. A preview is shown first."
)


INDENT = " " * 12
"""As wide as the labels of the fields."""


@dataclass(frozen=True, slots=True)
class Names:
    """The answer of the form.

    Attributes:
        path: the file or folder.
        prefix: is added to every name.
        name: combines all entries into one JSON secret.
        key_file: the path of the key file of an encrypted file.
        passphrase: the passphrase of an encrypted file, which the caller wipes; None if it was not asked for.
    """

    path: str = ""
    prefix: str = ""
    name: str = ""
    key_file: str = ""
    passphrase: bytearray | None = field(default=None, repr=False, compare=False)


class ImportForm(FieldsForm[Names]):
    """Asks for file, prefix or name, and for the passphrase of an encrypted file.

    Args:
        before: the initial values of the fields.
        problem: why they failed.
        asks_passphrase: whether the file is encrypted.
    """

    KEY_NAMES: ClassVar = {"fields.save": "Continue"}

    def __init__(self, before: Names, problem: str = "", *, asks_passphrase: bool = False) -> None:
        super().__init__()
        self.problem = problem
        self._before = before
        self._asks_passphrase = asks_passphrase

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#kind").display = False
        if self._asks_passphrase:
            self.query_one("#passphrase").focus()

    @property
    def is_dirty(self) -> bool:
        """Whether closing would lose input, including that of an earlier attempt."""
        return self._before != Names() or super().is_dirty

    def compose(self) -> ComposeResult:
        before = self._before
        with Card():
            yield CardTitle("Import")
            yield Static(ABOUT, classes="-muted")
            with Horizontal(classes="field"):
                yield Static("File")
                yield PathInput(before.path, id="path")
            yield Static(id="kind", classes="-muted")
            with Horizontal(classes="field"):
                yield Static("Prefix")
                yield PlainInput(before.prefix, placeholder="added to every name, e.g. dev/", id="prefix", compact=True)
            with Horizontal(classes="field"):
                yield Static("One secret")
                yield PlainInput(before.name, placeholder="name of one secret that holds all values as JSON",
                                 id="name", compact=True)
            if self._asks_passphrase:
                yield Passphrase("passphrase of this file", id="passphrase")
                with Horizontal(classes="field"):
                    yield Static("Key file")
                    yield PathInput(before.key_file, id="key-file")
            yield Static(id="said")
        yield Footer()

    @on(Input.Changed, "#path")
    def _start_describing(self, event: Input.Changed) -> None:
        self.run_worker(self._describe(event.value.strip()), exclusive=True, group="kind")

    async def _describe(self, path: str) -> None:
        """Says under the path what the file is, as soon as there is one."""
        words = await asyncio.to_thread(formats.describe_file, expand_home(path)) if path else ""
        kind = self.query_one("#kind", Static)
        kind.display = bool(words)
        kind.update(Content(f"{INDENT}{sanitize(words)}"))

    @on(Passphrase.Submitted)
    def _leave_passphrase(self) -> None:
        self.focus_next()

    def action_save(self) -> None:
        """Closes the form, and hands over the passphrase."""
        try:
            answer = self.read()
        except InvalidFieldError as unfit:
            self.refuse(str(unfit))
            return
        typed = self.query_one("#passphrase", Passphrase).take() if self._asks_passphrase else None
        self.dismiss(replace(answer, passphrase=typed))

    def read(self) -> Names:
        """Returns the fields.

        Raises:
            InvalidFieldError: no file is given, or both a prefix and a name.
        """
        path, prefix, name = (self.query_one(f"#{field}", Input).value.strip() for field in ("path", "prefix", "name"))
        if not path:
            raise InvalidFieldError("Enter the path of a file.")
        if prefix and name:
            raise InvalidFieldError("Use either a prefix or the full name of one secret.")
        key_file = self.query_one("#key-file", Input).value.strip() if self._asks_passphrase else ""
        return Names(path, prefix, name, key_file)

    def in_words(self, answer: Names) -> Content:
        """Returns a sentence about how the secrets will be named."""
        only_name = f"as {answer.name}" if answer.name else "under the names in it"
        named = f"as {answer.prefix}NAME" if answer.prefix else only_name
        return Content.styled(f"Imports {sanitize(answer.path)} {sanitize(named)}.", "$text-muted")
