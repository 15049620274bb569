"""The screen of one secret: header, hidden value and versions.

Its actions are in the modules of its base classes: `value`, `edit_value`, `labels` and `attributes`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.api.errors import ClientError, ContextUnreachableError
from smtui.rules.labels import AWSCURRENT, AWSPREVIOUS
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.notifications import explain_error
from smtui.tui.secret.attributes import AttributesScreen
from smtui.tui.secret.compare import CompareScreen
from smtui.tui.secret.edit_value import EditValueScreen
from smtui.tui.secret.header import SecretHeader
from smtui.tui.secret.label_moves import collect_secret_labels, collect_version_labels, shorten_id
from smtui.tui.secret.labels import LabelsScreen
from smtui.tui.secret.tabs import VALUE, VERSIONS, TabBar
from smtui.tui.secret.value_list import ValueList
from smtui.tui.secret.version_list import VersionHeading, VersionList
from smtui.tui.secret.versions import build_version, list_versions, read_key_names
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Panel, show_title
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ, make_failed_state

if TYPE_CHECKING:
    from smtui.tui.session import Session

NEVER = datetime.min.replace(tzinfo=UTC)
VERSION_ACTIONS = frozenset({"move_label", "attach", "remove_label", "roll_back", "deprecated", "mark", "compare"})


class SecretScreen(LabelsScreen, EditValueScreen, AttributesScreen):
    """Shows value and versions side by side, or one at a time on a narrow terminal."""

    BINDINGS = keys.list_bindings("versions") + keys.list_bindings("secret") + keys.list_bindings("tabs")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "ValueList"
    at_once = frozenset({"versions"})

    tab_bar = getters.query_one(TabBar)
    header = getters.query_one(SecretHeader)

    def __init__(self, session: Session, secret_id: str, first: int = VALUE) -> None:
        """Prepares the screen.

        Args:
            secret_id: the ARN or name of the secret.
            first: the number of the tab to begin with.
        """
        super().__init__(session, secret_id)
        self._first = first
        self.prepare_tab: Callable[[Any], None] | None = None
        """Is called with the screen of the first tab that opens, when its widgets are mounted."""
        self._with_deprecated = False
        self._versions_opened = False

    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield TabBar()
        with ReadPane():
            yield SecretHeader()
            with Horizontal(id="areas"):
                with Panel(id="value-area"):
                    yield ValueList()
                with Panel(id="versions-area"):
                    yield VersionHeading(classes="-muted heading")
                    with ReadPane(own_state=True, id="versions-pane"):
                        yield VersionList()
                    yield Static(id="version-facts")
        yield Footer()

    def on_mount(self) -> None:
        if self._first != VALUE:
            self.action_tab(self._first)

    # Reading and showing.

    async def load(self) -> None:
        secret = await self.read_secret()
        if secret is None:
            return
        self.secret, self.labels = secret, collect_secret_labels(secret)
        self.hide_replaced_value(self.labels.get(AWSCURRENT))
        self.show_known_outline(self.version or self.labels.get(AWSCURRENT))
        self.session.remember_secret(secret["ARN"], secret["Name"])
        self.header.show(secret, self.session.now(), self.session.region)
        self.show_titles()
        await self._load_versions()
        self.refresh_bindings()

    async def _load_versions(self) -> None:
        """Reads and lists the versions. Why that fails is shown in their pane; the rest of the screen works on."""
        if self.versions.version is None or self.versions.version.id != self.kept_id:
            self.kept_id = None
        pane = self.query_one("#versions-pane", ReadPane)
        try:
            versions = await call(list_versions, self.reader, self.secret_id,
                                  deprecated=self._with_deprecated or self.kept_id is not None)
        except (ClientError, ContextUnreachableError) as error:
            pane.show_state(make_failed_state(explain_error(error)), self.retry_key)
            return
        key_names = await call(read_key_names, self.reader, versions)
        self.labels = collect_version_labels(versions)
        shown_versions = [each for each in versions if self._with_deprecated or each.get("VersionStages")
                          or each["VersionId"] == self.kept_id]
        self.versions.show_versions([build_version(each, key_names) for each in shown_versions])
        self._show_version_details()
        self.show_titles()
        pane.show_state(READ, self.retry_key)

    def show_titles(self) -> None:
        what = f"Value of version {shorten_id(self.version)}" if self.version else f"Value of {AWSCURRENT}"
        left = f"   hides in {self.auto_hide.seconds_left} s" if self.auto_hide.seconds_left else ""
        hint = f"   {self.find_key('secret.reveal')} reveals a key" if self.value.waits_for_choice else ""
        is_known = self.secret is None or "CreatedDate" in self.secret
        what = what if self.labels or not is_known else "No value yet"
        title = Content.assemble(what, (left, "$warning"), (hint, "$text-muted"))
        show_title(self.query_one("#value-area"), title)
        with_deprecated = ", including deprecated" if self._with_deprecated else ""
        show_title(self.query_one("#versions-area"), f"Versions{with_deprecated}")

    @property
    def busy(self) -> bool:
        """Whether a label is being carried, so that no reload interrupts it."""
        return self.versions.carried_label is not None

    async def update_after_read(self, version: str | None) -> None:
        """Reloads after the first read of a day, because that changes LastAccessedDate."""
        wanted = version or self.labels.get(AWSCURRENT)
        listed = next((each for each in self.versions.versions if each.id == wanted), None)
        if listed is not None and (listed.accessed or NEVER).date() < self.session.now().date():
            await self.reload()

    def show_version(self, version: str) -> None:
        self.forget_value(None if version == self.labels.get(AWSCURRENT) else version)
        self.show_known_outline(version)
        self._focus_area(self.value)

    @on(VersionList.OptionHighlighted)
    def _show_version_details(self) -> None:
        version = self.versions.version
        self.query_one("#version-facts", Static).update(version.format_details() if version else "")

    def select_version(self, version: str) -> None:
        self.versions.select_version(version)

    def get_version_under_cursor(self) -> str | None:
        version = self.versions.version if self._is_at_versions else None
        return version.id if version else None

    # Moving between tabs.

    @property
    def _is_at_versions(self) -> bool:
        """Whether the versions have the focus or are about to get it; the next key may come before the focus."""
        return self.has_class("-versions")

    @property
    def number(self) -> int:
        return VERSIONS if self._is_at_versions else VALUE

    def action_versions(self) -> None:
        self._focus_area(self.value if self._is_at_versions else self.versions)

    def action_tab(self, number: int) -> None:
        """Goes to a tab by its number. Tabs of this screen get the focus at once, so that the next key is theirs."""
        if number > VERSIONS:
            self.follow_tabs(number)
        else:
            self._focus_area(self.versions if number == VERSIONS else self.value)

    @gesture
    async def follow_tabs(self, number: int | None) -> None:
        """Opens the screens of other tabs one after the other, until the user comes back to one of this screen."""
        while number is not None and number > VERSIONS:
            prepare, self.prepare_tab = self.prepare_tab, None
            number = await self.app.open_tab(self.session, number, self.secret_id, prepare)
        if number is not None:
            self.action_tab(number)
        await self.reload()

    def _focus_area(self, area: ValueList | VersionList) -> None:
        self.set_class(area is self.versions, "-versions")
        self.call_after_refresh(area.focus)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.set_class(self.focused is self.versions, "-versions")
        self.tab_bar.show(self.number)
        self.refresh_bindings()
        if self._is_at_versions and not self._versions_opened:
            self._versions_opened = True
            self.record_versions_access()

    @gesture
    async def record_versions_access(self) -> None:
        """Records one ListSecretVersionIds, because the user looks at the versions now."""
        self.reader.to_record.add("list_secret_version_ids")
        await call(list_versions, self.reader, self.secret_id, deprecated=self._with_deprecated)

    def action_back(self) -> None:
        if self.versions.carried_label is not None:
            self.versions.carry_label(None)
        else:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in VERSION_ACTIONS and not self._is_at_versions:
            return False
        return super().check_action(action, parameters)

    # Comparison of versions.

    def action_mark(self) -> None:
        self.versions.toggle_mark()

    @gesture
    async def action_compare(self) -> None:
        """Compares the version under the cursor with the marked one, or else with AWSCURRENT or AWSPREVIOUS."""
        here, listed = self.versions.version, [each.id for each in reversed(self.versions.versions)]
        candidates = (self.versions.marked_id, self.labels.get(AWSCURRENT), self.labels.get(AWSPREVIOUS))
        other = next((each for each in candidates if here is not None and each in listed and each != here.id), None)
        if here is None or other is None:
            self.say("No other version to compare with.")
            return
        first, second = sorted((other, here.id), key=listed.index)
        screen = CompareScreen(self.session, self.secret_id, self.name, self.labels, first, second)
        await self.app.push_screen_wait(screen)
        await self.reload()

    @gesture
    async def action_deprecated(self) -> None:
        self._with_deprecated, self.kept_id = not self._with_deprecated, None
        await self.reload()
