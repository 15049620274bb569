"""One secret: what is known about it, its value, hidden until asked for, and its versions.

What a person does here is beside it, by subject: `value`, `storing`, `labels`, `attributes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.api.errors import ClientError, ResourceNotFoundException
from smtui.rules.labels import AWSCURRENT, AWSPREVIOUS, sort_labels
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.kms import picker
from smtui.tui.notifications import explain_error
from smtui.tui.secret.attributes import AttributesScreen
from smtui.tui.secret.compare import CompareScreen
from smtui.tui.secret.edit_value import StoringScreen
from smtui.tui.secret.header import Facts
from smtui.tui.secret.label_moves import labels_of, of_versions, short
from smtui.tui.secret.labels import LabelsScreen
from smtui.tui.secret.tabs import VALUE, VERSIONS, PartBar
from smtui.tui.secret.value_list import ValueList
from smtui.tui.secret.version_list import Version, VersionList, heading
from smtui.tui.widgets.chrome import KeyBar
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ, could_not_read

if TYPE_CHECKING:
    from smtui.api.types import SecretVersionsListEntry
    from smtui.tui.session import Session

NEVER = datetime.min.replace(tzinfo=UTC)
FOR_VERSIONS = frozenset({"move_label", "attach", "remove_label", "roll_back", "deprecated", "mark", "compare"})


class SecretScreen(LabelsScreen, StoringScreen, AttributesScreen):
    """Value and versions lie side by side, or, where there is no room, one behind the other."""

    BINDINGS = keys.of("versions") + keys.of("secret") + keys.of("parts")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "ValueList"
    at_once = frozenset({"versions"})

    parts = getters.query_one(PartBar)
    facts = getters.query_one(Facts)

    def __init__(self, session: Session, secret_id: str, first: int = VALUE) -> None:
        """`first` is the part to begin with."""
        super().__init__(session, secret_id)
        self._first = first
        self._with_deprecated = False
        self._versions_opened = False

    def compose(self) -> ComposeResult:
        yield self.masthead()
        yield PartBar()
        with ReadPane():
            yield Facts()
            with Horizontal(id="areas"):
                with Vertical(id="value-area"):
                    yield Static(id="value-title", classes="title")
                    yield ValueList()
                with Vertical(id="versions-area"):
                    yield Static("Versions", id="versions-title", classes="title")
                    yield Static(Content(heading()), classes="-muted heading")
                    with ReadPane(own_state=True, id="versions-pane"):
                        yield VersionList()
                    yield Static(id="version-facts")
        yield KeyBar()

    def on_mount(self) -> None:
        if self._first != VALUE:
            self.action_part(self._first)

    # What is shown.

    async def load(self) -> None:
        try:
            secret = await call(self.reader.describe_secret, SecretId=self.secret_id)
        except ResourceNotFoundException:
            self.say("This secret is no longer there.")
            self.leave()
            return
        self.secret, self.labels = secret, labels_of(secret)
        self.facts.show(secret, self.session.now(), self.session.region)
        self.name_areas()
        await self._load_versions()
        self.refresh_bindings()

    async def _load_versions(self) -> None:
        """Who may not list them sees the secret all the same."""
        pane = self.query_one("#versions-pane", ReadPane)
        try:
            versions = await call(self._all_versions)
        except ClientError as refusal:
            pane.show_state(could_not_read(explain_error(refusal)), self.retry_key)
            return
        by_key = await call(picker.aliases, self.reader) if any(map(_has_own_key, versions)) else {}
        self.labels = of_versions(versions)
        shown_versions = [each for each in versions if self._with_deprecated or each.get("VersionStages")]
        self.versions.hold([_row(each, by_key) for each in shown_versions])
        self._tell_of_version()
        self.name_areas()
        pane.show_state(READ, self.retry_key)

    def _all_versions(self) -> list[SecretVersionsListEntry]:
        """Newest first."""
        return self.reader.all_of("list_secret_version_ids", "Versions", SecretId=self.secret_id,
                                  IncludeDeprecated=self._with_deprecated)[::-1]

    def name_areas(self) -> None:
        what = f"Value of version {short(self.version)}" if self.version else f"Value of {AWSCURRENT}"
        left = f"   hides in {self.hiding.left} s" if self.hiding.left else ""
        title = Content.assemble(what if self.labels else "No value yet", (left, "$warning"))
        self.query_one("#value-title", Static).update(title)
        with_deprecated = ", with deprecated ones" if self._with_deprecated else ""
        self.query_one("#versions-title", Static).update(Content(f"Versions{with_deprecated}"))

    @property
    def busy(self) -> bool:
        """Nothing is taken out of a hand that carries a label."""
        return self.versions.hand is not None

    async def after_reading(self, version: str | None) -> None:
        """The first reading of a day changes what is said about the version and its secret."""
        wanted = version or self.labels.get(AWSCURRENT)
        listed = next((each for each in self.versions.versions if each.id == wanted), None)
        if listed is not None and (listed.accessed or NEVER).date() < self.session.now().date():
            await self.reload()

    def look_at(self, version: str) -> None:
        self.forget_value(None if version == self.labels.get(AWSCURRENT) else version)
        self._go_to(self.value)

    @on(VersionList.OptionHighlighted)
    def _tell_of_version(self) -> None:
        version = self.versions.version
        self.query_one("#version-facts", Static).update(version.facts() if version else "")

    def stored(self, version: str) -> None:
        self.versions.go_to(version)

    def version_under_cursor(self) -> str | None:
        version = self.versions.version if self._at_versions else None
        return version.id if version else None

    # Going about.

    @property
    def _at_versions(self) -> bool:
        """Already when the way there has begun: the next key may come before the focus does."""
        return self.has_class("-versions")

    @property
    def number(self) -> int:
        return VERSIONS if self._at_versions else VALUE

    def action_versions(self) -> None:
        self._go_to(self.value if self._at_versions else self.versions)

    def action_part(self, number: int) -> None:
        """To one of this screen's own parts at once, so that the next key is already for it; or to another screen."""
        if number > VERSIONS:
            self.go_from_part_to_part(number)
        else:
            self._go_to(self.versions if number == VERSIONS else self.value)

    @gesture
    async def go_from_part_to_part(self, number: int | None) -> None:
        """From one screen to whichever is asked for there, until it is one of this screen's own parts, shown anew."""
        while number is not None and number > VERSIONS:
            number = await self.app.open_tab(self.session, number, self.secret_id)
        if number is not None:
            self.action_part(number)
        await self.reload()

    def _go_to(self, area: ValueList | VersionList) -> None:
        self.set_class(area is self.versions, "-versions")
        self.call_after_refresh(area.focus)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.set_class(self.focused is self.versions, "-versions")
        self.parts.at(self.number)
        self.refresh_bindings()
        if self._at_versions and not self._versions_opened:
            self._versions_opened = True
            self.open_versions()

    @gesture
    async def open_versions(self) -> None:
        """To look at the versions is an access of its own, though they were read with the secret: it is recorded."""
        self.reader.to_record.add("list_secret_version_ids")
        await call(self._all_versions)

    def action_back(self) -> None:
        if self.versions.hand is not None:
            self.versions.take(None)
        else:
            self.leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in FOR_VERSIONS and not self._at_versions:
            return False
        return super().check_action(action, parameters)

    # Comparing.

    def action_mark(self) -> None:
        self.versions.mark()

    @gesture
    async def action_compare(self) -> None:
        """The marked version, or else the current one, with the one under the cursor; the older of them first."""
        here, listed = self.versions.version, [each.id for each in reversed(self.versions.versions)]
        wanted = (self.versions.marked, self.labels.get(AWSCURRENT), self.labels.get(AWSPREVIOUS))
        other = next((each for each in wanted if here is not None and each in listed and each != here.id), None)
        if here is None or other is None:
            self.say("There is no other version to compare this one with.")
            return
        first, second = sorted((other, here.id), key=listed.index)
        screen = CompareScreen(self.session, self.secret_id, self.name, self.labels, first, second)
        await self.app.push_screen_wait(screen)
        await self.reload()

    @gesture
    async def action_deprecated(self) -> None:
        self._with_deprecated = not self._with_deprecated
        await self.reload()


def _row(version: SecretVersionsListEntry, by_key: Mapping[str, str]) -> Version:
    stages = tuple(sort_labels(version.get("VersionStages", ())))
    key = picker.named(version.get("KmsKeyIds", ()), by_key)
    return Version(version["VersionId"], stages, version.get("CreatedDate"), version.get("LastAccessedDate"), key)


def _has_own_key(version: SecretVersionsListEntry) -> bool:
    return version.get("KmsKeyIds", [picker.LISTED_DEFAULT]) != [picker.LISTED_DEFAULT]
