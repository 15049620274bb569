"""The screen with the KMS keys of a Region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.api.errors import SmtuiError
from smtui.text.dates import format_date, format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture, reading
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.help import places
from smtui.tui.kms.key_details import COUNTING, UNKNOWN, KeyDetailsScreen
from smtui.tui.kms.keys import KeyUsage, KmsKey, list_keys, make_usage, read_keys
from smtui.tui.kms.new_key import NewKey, NewKeyForm
from smtui.tui.kms.secret_picker import pick_secret
from smtui.tui.notifications import explain_error, is_input_kept
from smtui.tui.undo import inverse_kms
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import make_failed_state
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.tui.session import Session

NOTHING = SafeText("No KMS keys yet. The first secret creates the default key.")


class KmsKeysScreen(KeyDetailsScreen):
    """A table of the keys and the details of the key under the cursor. Usage is counted in the background.

    Where calls cost time, the names are shown first, and the details of a key are read when its row comes into sight.
    """

    place = places.KEYS
    BINDINGS = keys.list_bindings("kms")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "Table"
    opened_by = ("list_keys",)
    at_once = frozenset({"add"})

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._usage_by_key: Mapping[str, tuple[int, int]] | None = None
        self._counting = False
        self._count_failure = SafeText("")

    def compose(self) -> ComposeResult:
        yield self.create_header()
        with ReadPane(title="KMS keys"):
            yield Table(
                Column("Key", _get_name, 16, grows=2, names=True),
                Column("State", self._format_state, 17),
                Column("Versions", self._format_versions, 8),
                Column("Secrets", self._format_secrets, 7),
                Column("Created", self._format_created, 10, drop=1),
                Column("Description", self._format_description, 16, grows=3, drop=2),
                key=_get_id, nothing=NOTHING,
            )
            yield Static(id="about")
        yield Footer()

    # Display.

    async def load(self) -> None:
        self.listed.put(await call(list_keys if self.vault.can.has_costs else read_keys, self.reader))
        self.table.put(self.listed.keys)
        self.count_usage()
        if self.has_read:  # perhaps an action has just changed the key
            await self.read_details_of_current()

    @reading
    async def count_usage(self) -> None:
        """Counts the versions that each key encrypts, unless a count already runs. A count reads every version."""
        if self._counting:
            return
        self._counting, region = True, self.session.region
        try:
            self._usage_by_key = await self.session.background.run(
                lambda own: own.key_usage.count_versions_by_key(region_name=region)
            )
            self._count_failure = SafeText("")
        except SmtuiError as error:
            if self.vault.locked:
                return
            self._count_failure = make_failed_state(explain_error(error)).format_text(self.retry_key)
        finally:
            self._counting = False
        self.table.refresh()
        self._show_current()

    def _get_usage(self, key: KmsKey) -> KeyUsage | None:
        """Returns the usage of a key; None before the first count."""
        return None if self._usage_by_key is None else make_usage(self.vault, self._usage_by_key.get(key.id, (0, 0)))

    def _format_state(self, key: KmsKey) -> Content:
        return key.format_state(self.session.now()) if key.has_details else self.format_missing(key)

    def _format_created(self, key: KmsKey) -> Content:
        return Content(format_date(key.created)) if key.created else self.format_missing(key)

    def _format_description(self, key: KmsKey) -> Content:
        return Content(sanitize(key.description)) if key.has_details else self.format_missing(key)

    def _format_versions(self, key: KmsKey) -> Content:
        sealed = self._get_usage(key)
        return self._uncounted if sealed is None else Content(sealed.format_number(sealed.versions))

    def _format_secrets(self, key: KmsKey) -> Content:
        sealed = self._get_usage(key)
        return self._uncounted if sealed is None else Content(sealed.format_number(sealed.secrets))

    @property
    def _uncounted(self) -> Content:
        return UNKNOWN if self._count_failure else COUNTING

    @on(Table.Moved)
    def _show_current(self) -> None:
        key = self.current
        lines = self._describe(key) if key else ()
        self.query_one("#about", Static).update(Content("\n").join(lines))
        self.refresh_bindings()
        self.read_details_in_sight()

    def _describe(self, key: KmsKey) -> Iterator[Content]:
        sealed = self._get_usage(key)
        description = sanitize(key.description) or self.find_lacking_details(key)
        yield Content(description) if description else Content.styled("no description", "$text-muted")
        yield _format_line("aliases", ", ".join(key.aliases) or "none")
        yield _format_line("encrypts", (self._count_failure or "…") if sealed is None else sealed.summary)
        deleted = f", scheduled for deletion on {format_time(key.deletes_at)}" if key.deletes_at else ""
        managed = ", managed by AWS" if key.is_managed else ""
        created = format_time(key.created) if key.created else "…"
        yield _format_line("created", f"{created}{deleted}{managed}")
        yield Content.styled(sanitize(key.arn), "$text-muted")

    # Actions.

    @gesture
    async def action_add(self) -> None:
        """Asks for a new key and creates it. After a refusal, the form opens again with the same answer."""
        if self.refuses_to_write():
            return
        asked = await self.app.push_screen_wait(NewKeyForm())
        while asked is not None:
            try:
                key_id = await call(self._create, asked)
            except SmtuiError as error:
                if not is_input_kept(error):
                    raise
                self.app.report(error)
                asked = await self.app.push_screen_wait(NewKeyForm(asked))
            else:
                inverse_kms.record_key_creation(self.session, sanitize(asked.alias or key_id))
                await self.report_change(f"{asked.alias or key_id} created.")
                self.table.go_to(key_id)
                return

    def _create(self, asked: NewKey) -> str:
        """Creates the key and its alias in one transaction."""
        with self.vault.transaction():
            key_id: str = self.kms.create_key(Description=asked.description)["KeyMetadata"]["KeyId"]
            if asked.alias:
                self.kms.create_alias(AliasName=asked.alias, TargetKeyId=key_id)
            return key_id

    @gesture
    async def action_copy(self) -> None:
        key = self.current
        if key is not None:
            await self.app.copy(key.arn, f"ARN of {key.name}")

    @on(Table.Selected)
    @gesture
    async def action_open(self) -> None:
        """Asks for a secret with a version that the key encrypts, and opens it."""
        key = self.current
        if key is None:
            return
        title = sanitize(f"Secrets encrypted with {key.name}")
        use = await read_for_dialog(self.app, title, lambda: self.read_usage_and_names(key))
        if use is None:
            return
        sealed, names = use
        name = await pick_secret(self, title, names, sealed.secrets)
        if name is not None:
            self.app.look_at_region(self.session.region, name)


def _get_id(key: KmsKey) -> str:
    return key.id


def _get_name(key: KmsKey) -> SafeText:
    return key.name


def _format_line(title: str, text: str) -> Content:
    return Content.assemble((f"{title:<8}  ", "$text-muted"), sanitize(text))
