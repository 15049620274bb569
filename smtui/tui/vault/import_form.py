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
from smtui.transfer.formats import FileDescription
from smtui.tui.dialogs.fields import FieldsForm, InvalidFieldError
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.passphrase import Passphrase
from smtui.tui.widgets.path_input import PathInput
from smtui.tui.widgets.plain_input import PlainInput

ABOUT = (
    "KeePass, Bitwarden, 1Password, browsers, .env files, Kubernetes, output of aws secretsmanager, and more. "
    "The format is detected from the content. A preview is shown first."
)
PASSPHRASE_FIELDS = ("#passphrase", "#key-file-field")
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
        asks_passphrase: whether the file is known to be encrypted. Otherwise the field for its passphrase appears as
            soon as the path is that of an encrypted file.
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
        self._show_passphrase(self._asks_passphrase)
        if self._asks_passphrase:
            self.query_one("#passphrase").focus()

    def _show_passphrase(self, is_needed: bool) -> None:
        for id in PASSPHRASE_FIELDS:
            self.query_one(id).display = is_needed

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
            yield Passphrase("passphrase of this file", id="passphrase")
            with Horizontal(classes="field", id="key-file-field"):
                yield Static("Key file")
                yield PathInput(before.key_file, id="key-file")
            yield Static(id="said")
        yield Footer()

    @on(Input.Changed, "#path")
    def _start_describing(self, event: Input.Changed) -> None:
        self.run_worker(self._describe(event.value.strip()), exclusive=True, group="kind")

    async def _describe(self, path: str) -> None:
        """Says under the path what the file is, as soon as there is one, and shows the field for its passphrase."""
        found = await asyncio.to_thread(formats.describe_source, expand_home(path)) if path else FileDescription()
        kind = self.query_one("#kind", Static)
        kind.display = bool(found.words)
        kind.update(Content(f"{INDENT}{sanitize(found.words)}"))
        is_former = self._asks_passphrase and path == self._before.path
        self._show_passphrase(found.needs_passphrase or is_former)

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
        self.dismiss(replace(answer, passphrase=self._take_passphrase()))

    def _take_passphrase(self) -> bytearray | None:
        """The passphrase, if it was asked for; an empty one only if the file is known to need it."""
        field = self.query_one("#passphrase", Passphrase)
        return field.take() if field.display and (field.count or self._asks_passphrase) else None

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
        is_encrypted = self.query_one("#key-file-field").display
        key_file = self.query_one("#key-file", Input).value.strip() if is_encrypted else ""
        return Names(path, prefix, name, key_file)

    def in_words(self, answer: Names) -> Content:
        """Returns a sentence about how the secrets will be named."""
        only_name = f"as {answer.name}" if answer.name else "under the names in it"
        named = f"as {answer.prefix}NAME" if answer.prefix else only_name
        return Content.styled(f"Imports {sanitize(answer.path)} {sanitize(named)}.", "$text-muted")
