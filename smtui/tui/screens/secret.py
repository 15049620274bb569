"""One secret: what is known about it, its value, hidden until asked for, and its versions.

The value is read when it is asked for and not before, so that looking at a secret leaves no trace of a reading. What
was read is kept only as an outline, and what is shown goes away by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from smtui.api.errors import ResourceNotFoundException
from smtui.labels import AWSCURRENT
from smtui.shown import Shown, shown
from smtui.tui import keys, rows, ways_back
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.deletion import DeletionPlan
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.tags import TagsForm
from smtui.tui.dialogs.value_form import ValueForm
from smtui.tui.label_moves import of_versions, short
from smtui.tui.screens.labels import LabelsScreen
from smtui.tui.screens.part import VALUE, VERSIONS, PartBar, made
from smtui.tui.values import Kind, Value, can_be_typed, held, outline, part, visible
from smtui.tui.widgets.facts import Facts
from smtui.tui.widgets.frame import KeyBar
from smtui.tui.widgets.value_list import ValueList
from smtui.tui.widgets.version_list import Version, VersionList, heading

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse, SecretVersionsListEntry
    from smtui.tui.session import Session

LONGEST_DESCRIPTION = 2048
FOR_VERSIONS = frozenset({"move_label", "attach", "remove_label", "roll_back", "deprecated"})


class SecretScreen(LabelsScreen):
    """Value and versions lie side by side, or, where there is no room, one behind the other."""

    BINDINGS = keys.of("versions") + keys.of("secret") + keys.of("parts")
    CSS_PATH = "secret.tcss"
    AUTO_FOCUS = "ValueList"

    parts = getters.query_one(PartBar)
    facts = getters.query_one(Facts)
    value = getters.query_one(ValueList)

    def __init__(self, session: Session, secret_id: str, first: int = VALUE) -> None:
        """`first` is the part to begin with."""
        super().__init__(session, secret_id)
        self._first = first
        self.secret: DescribeSecretResponse | None = None
        self._version: str | None = None
        self._with_deprecated = False
        self._hiding: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self.masthead()
        yield PartBar()
        yield Facts()
        with Horizontal(id="areas"):
            with Vertical(id="value-area"):
                yield Static(id="value-title", classes="title")
                yield ValueList()
            with Vertical(id="versions-area"):
                yield Static("Versions", id="versions-title", classes="title")
                yield Static(Content(heading()), classes="-muted heading")
                yield VersionList()
        yield KeyBar()

    def on_mount(self) -> None:
        self.value.hold(None)
        self.watch(self.app, "app_focus", self._hide_from_bystanders, init=False)
        super().on_mount()
        if self._first != VALUE:
            self.action_part(self._first)

    # What is shown.

    async def reload(self) -> None:
        try:
            secret = await call(self.client.describe_secret, SecretId=self.secret_id)
        except ResourceNotFoundException:
            self.say("This secret is no longer there.")
            self.leave()
            return
        versions = await call(self._all_versions)
        self.secret, self.labels = secret, of_versions(versions)
        self.facts.show(secret, self.session.now())
        self.versions.hold([_row(each) for each in versions if self._with_deprecated or each.get("VersionStages")])
        self._name_areas()

    def _all_versions(self) -> list[SecretVersionsListEntry]:
        """Newest first."""
        pages = self.client.get_paginator("list_secret_version_ids").paginate(
            SecretId=self.secret_id, IncludeDeprecated=self._with_deprecated
        )
        return [version for page in pages for version in page["Versions"]][::-1]

    def _name_areas(self) -> None:
        what = f"version {short(self._version)}" if self._version else AWSCURRENT
        self.query_one("#value-title", Static).update(Content(f"Value of {what}" if self.labels else "No value yet"))
        with_deprecated = ", with deprecated ones" if self._with_deprecated else ""
        self.query_one("#versions-title", Static).update(Content(f"Versions{with_deprecated}"))

    @property
    def busy(self) -> bool:
        """Nothing is taken out of a hand that carries a label."""
        return self.versions.hand is not None

    def look_at(self, version: str) -> None:
        self._forget_value(None if version == self.labels.get(AWSCURRENT) else version)
        self._go_to(self.value)

    def _forget_value(self, version: str | None = None) -> None:
        self._version = version
        self.value.hold(None)
        self._name_areas()

    @property
    def name(self) -> Shown:
        return shown(self.secret["Name"] if self.secret else self.secret_id)

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
        """From one screen to whichever is asked for there, until it is one of this screen's own parts."""
        while number is not None and number > VERSIONS:
            number = await self.app.push_screen_wait(made(number, self.session, self.secret_id))
        if number is not None:
            self.action_part(number)

    def _go_to(self, area: ValueList | VersionList) -> None:
        self.set_class(area is self.versions, "-versions")
        self.call_after_refresh(area.focus)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.set_class(self.focused is self.versions, "-versions")
        self.parts.at(self.number)
        self.refresh_bindings()

    def action_back(self) -> None:
        if self.versions.hand is not None:
            self.versions.take(None)
        else:
            self.leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._at_versions if action in FOR_VERSIONS else super().check_action(action, parameters)

    @gesture
    async def action_deprecated(self) -> None:
        self._with_deprecated = not self._with_deprecated
        await self.reload()

    # The value.

    async def _read(self, version: str | None) -> Value:
        """One reading, which is recorded."""
        one: Any = {"VersionId": version} if version else {}
        return held(await call(self.client.get_secret_value, SecretId=self.secret_id, **one))

    @gesture
    async def action_copy(self) -> None:
        """One key or the whole; of the version under the cursor, where that is what one looks at."""
        if self._at_versions:
            if version := self.versions.version:
                await self.app.copy(await self._read(version.id), f"{self.name}, version {short(version.id)}")
            return
        piece = await self._piece()
        if piece is not None:
            key = self.value.key
            await self.app.copy(piece, self.name if key is None else shown(f"{self.name}, {key}"))

    @gesture
    async def action_reveal(self) -> None:
        if self._at_versions and self.versions.version:
            self.look_at(self.versions.version.id)
        if self.value.revealed is not None and self.value.revealed == self.value.cursor:
            self.hide()
            return
        piece = await self._piece()
        if piece is not None and self.is_current and self.app.app_focus:
            self.value.reveal(visible(piece))
            self._hide_in_time()

    @on(ValueList.Wanted)
    def _wanted(self) -> None:
        self.action_reveal()

    async def _piece(self) -> Value | None:
        """What the row under the cursor stands for. None where its keys were not known before: now one can choose."""
        value = await self._read(self._version)
        known, now = self.value.outline, outline(value)
        if known != now:
            self.value.hold(now)
        choose = now.kind is Kind.KEYS and (known is None or known.keys != now.keys)
        return None if choose else part(value, self.value.key)

    def _hide_in_time(self) -> None:
        if self._hiding is not None:
            self._hiding.stop()
        if self.app.settings.reveal:
            self._hiding = self.set_timer(self.app.settings.reveal, self.hide)

    def hide(self) -> None:
        """Nothing of the value stays on the screen."""
        self.value.hide()

    def _hide_from_bystanders(self, here: bool) -> None:
        if not here:
            self.hide()

    def on_screen_suspend(self) -> None:
        self.hide()

    # Changing things.

    @gesture
    async def action_edit(self) -> None:
        if self.refuses_to_write():
            return
        before = await self._read(self._version) if self._version or AWSCURRENT in self.labels else ""
        if isinstance(before, bytes) or not _editable(before):
            why = "is binary" if isinstance(before, bytes) else "has characters that cannot be typed"
            self.say(f"This value {why}. smtui set {self.name} --file PATH stores a new one, byte for byte.")
            return
        new = await self.app.push_screen_wait(ValueForm(self.name, before, self.value.key))
        if new is not None:
            labels = self.labels
            stored = await call(self.client.put_secret_value, SecretId=self.secret_id, SecretString=new)
            ways_back.version_stored(self.session, self.secret_id, self.name, labels, stored)
            self._forget_value()
            await self.done(f"Version {short(stored['VersionId'])} is stored: it is {AWSCURRENT} now.")
            self.versions.go_to(stored["VersionId"])

    @gesture
    async def action_describe(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        title = shown(f"Description of {self.name}")
        before = self.secret.get("Description", "")
        new = await self.app.push_screen_wait(OneLine(title, before, longest=LONGEST_DESCRIPTION, empty=True))
        if new is not None and new != before:
            await call(self.client.update_secret, SecretId=self.secret_id, Description=new)
            ways_back.described(self.session, self.secret_id, self.name, before, new)
            await self.done("The description is changed.")

    @gesture
    async def action_tag(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        before = {tag["Key"]: tag.get("Value", "") for tag in self.secret.get("Tags", ())}
        changes = await self.app.push_screen_wait(TagsForm(self.name, before))
        if not changes:
            return
        if changes.removed:
            await call(self.client.untag_resource, SecretId=self.secret_id, TagKeys=list(changes.removed))
        if changes.put:
            await call(self.client.tag_resource, SecretId=self.secret_id, Tags=changes.tags())
        ways_back.tagged(self.session, self.secret_id, self.name, before, changes.put, changes.removed)
        await self.done("\n".join(changes.sentences()))

    @gesture
    async def action_delete(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        arn, read = shown(self.secret["ARN"]), self.secret.get("LastAccessedDate")
        plan = await self.app.push_screen_wait(DeletionPlan(self.name, arn, self.session.now(), read))
        if plan is not None:
            deleted = await call(self.client.delete_secret, **plan.request(self.secret_id))
            ways_back.deleted(self.session, self.secret_id, self.name, for_good=plan.force)
            self.say(f"{self.name} is deleted for good." if plan.force
                     else f"{self.name} will be deleted on {rows.day(deleted['DeletionDate'])}.")
            self.leave()

    @gesture
    async def action_restore(self) -> None:
        if self.secret is None or self.refuses_to_write():
            return
        if "DeletedDate" not in self.secret:
            self.say(f"No deletion of {self.name} is planned.")
            return
        await call(self.client.restore_secret, SecretId=self.secret_id)
        ways_back.restored(self.session, self.secret_id, self.name, self.secret["DeletedDate"])
        await self.done(f"{self.name} is restored.")


def _row(version: SecretVersionsListEntry) -> Version:
    stages = tuple(version.get("VersionStages", ()))
    return Version(version["VersionId"], stages, version.get("CreatedDate"), version.get("LastAccessedDate"))


def _editable(value: str) -> bool:
    return outline(value).kind is Kind.KEYS or can_be_typed(value, lines=True)
