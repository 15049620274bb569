"""The resource policy of a secret: looked at, edited with what is said about it, attached, removed; who can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import ne
from typing import TYPE_CHECKING, Any

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.api.arn import get_account
from smtui.api.errors import SmtuiError
from smtui.text.json_layout import indent_json
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.audit import last_change
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.dialog import may_discard
from smtui.tui.dialogs.pick import Pick
from smtui.tui.json_editor.area import JsonArea
from smtui.tui.json_editor.diagnostic import Mark, Severity
from smtui.tui.json_editor.diagnostic_list import MarkList
from smtui.tui.json_editor.diff import line_changes
from smtui.tui.policy import diagnostics
from smtui.tui.policy.access_list import Readers
from smtui.tui.policy.preview import PolicyPreview
from smtui.tui.policy.templates import TEMPLATES
from smtui.tui.secret.guarded_write import TYPED, GuardedWrite
from smtui.tui.secret.tabs import POLICY, PartScreen
from smtui.tui.secret.value_edit import Outcome
from smtui.tui.undo import inverse
from smtui.tui.widgets.chrome import KeyBar
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.scroll_pane import Pane

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session

NOTHING_SAID = SafeText("Nothing is wrong with it.")
NONE = "No policy is attached: {edit} writes one, {template} begins with a template."
NOT_NOW = "Its policy can be looked at again once the secret is restored."
READING, EDITING = "Policy, as it is attached", "Policy, being edited: not attached yet"
LOCKED_OUT = "LockOut"
LOCKS_OUT = "{why}\n\nWhoever you are here, not even this vault's owner could change it again."
GONE_POLICY = "Only the own policies of this account's users and roles count then."
# What works only while a policy is looked at, and what only while it is edited.
LOOKING = frozenset({"edit", "template", "validate", "remove", "part"})


class PolicyScreen(PartScreen):
    """Keys are letters while the policy is looked at; `e` makes it a text that is typed in."""

    BINDINGS = keys.of("policy") + keys.of("parts")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "JsonArea"
    number = POLICY
    opened_by = ("get_resource_policy",)
    changes = "policy"

    area = getters.query_one(JsonArea)
    said = getters.query_one(MarkList)

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.secret: DescribeSecretResponse | None = None
        self._attached = ""

    def compose(self) -> ComposeResult:
        yield from self.head()
        with ReadPane(), Horizontal(id="areas"):
            with Vertical(id="text"):
                yield Static(READING, id="state", classes="title")
                yield JsonArea("", self._check, read_only=True)
                yield MarkList(NOTHING_SAID)
            with Pane(id="who"):
                yield Readers()
        yield KeyBar()

    def _check(self, text: str) -> Sequence[Mark]:
        """In the vault's thread, so that it can also ask what attaching it would do."""
        if self.secret is None:
            return []
        marks = diagnostics.marks(text, self.secret["ARN"], self.session.now())
        if not text.strip() or any(mark.severity is Severity.ERROR for mark in marks):
            return marks
        return [*self._lock_out(text), *marks]

    def _lock_out(self, text: str) -> list[Mark]:
        try:
            answer = self.session.client(record_reads=False).validate_resource_policy(
                SecretId=self.secret_id, ResourcePolicy=text)
        except SmtuiError:
            return []
        return [diagnostics.mark_lock_out(text, each["ErrorMessage"]) for each in answer["ValidationErrors"]
                if each["CheckName"] == LOCKED_OUT]

    # What is shown.

    async def load(self) -> None:
        """What is being edited stays, with what it began from; the vault is read again afterwards."""
        secret = await self.described()
        if secret is None:
            return
        readers, attached = None, ""
        if "DeletedDate" not in secret:
            told = await call(self.reader.get_resource_policy, SecretId=self.secret_id)
            readers = await call(self.reader.list_access, SecretId=self.secret_id, Action="GetSecretValue")
            attached = told.get("ResourcePolicy", "")
        if self.editing:
            self._changes = None
            return
        self.secret, self._attached = secret, attached
        self.show_head(secret)
        self.query_one(Readers).show(readers, get_account(secret["ARN"]))
        self._look()

    def _look(self) -> None:
        """At what is attached; a policy in one line is laid out."""
        self.area.read_only = True
        text = self._attached
        self.area.load_text(text if "\n" in text.strip() else indent_json(text))
        self._say_state(READING if text else self._none())
        self.area.focus()

    def _none(self) -> str:
        if self.secret is not None and "DeletedDate" in self.secret:
            return NOT_NOW
        return NONE.format(edit=self.key_of("policy.edit"), template=self.key_of("policy.template"))

    def _say_state(self, state: str) -> None:
        self.query_one("#state", Static).update(Content(state))
        self.set_class(not self.area.text, "-none")
        self.refresh_bindings()

    def on_json_area_checked(self, message: JsonArea.Checked) -> None:
        self.said.show(message.marks)

    def on_mark_list_chosen(self, message: MarkList.Chosen) -> None:
        self.area.focus()
        self.area.go_to(message.mark)

    # Editing.

    @property
    def editing(self) -> bool:
        return not self.area.read_only

    @property
    def busy(self) -> bool:
        return self.editing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "store":
            return self.editing
        if action == "remove" and self.has_read and not self._attached:
            return False
        return False if action in LOOKING and self.editing else super().check_action(action, parameters)

    def _changeable(self) -> bool:
        """Whether the policy may be changed; else says why not."""
        return self.secret is not None and not self.refuses_to_change(self.secret)

    def action_edit(self) -> None:
        if self._changeable():
            self._edit()

    def _edit(self) -> None:
        self.area.read_only = False
        self.area.focus()
        self._say_state(EDITING)
        self.remove_class("-none")

    @gesture
    async def action_template(self) -> None:
        if self.secret is None or not self._changeable():
            return
        picked = await self.app.push_screen_wait(Pick(SafeText("Begin with which?"), [words for words, _ in TEMPLATES]))
        if picked is not None:
            _, text = TEMPLATES[picked]
            self._edit()
            self.area.replace(text(get_account(self.secret["ARN"])), (0, 0), self.area.document.end)
            self.area.move_cursor((0, 0))

    def action_mark(self, by: int) -> None:
        self.area.action_mark(by)

    def action_back(self) -> None:
        if self.editing:
            self.stop_editing()
        else:
            self.leave()

    @gesture
    async def stop_editing(self) -> None:
        if not self.is_dirty or await may_discard(self.app):
            self._look()

    @property
    def is_dirty(self) -> bool:
        """Whether a text is being edited that is not the attached one."""
        unchanged = "", self._attached, indent_json(self._attached)
        return self.editing and self.area.value not in unchanged

    # What is asked and sent.

    @gesture
    async def action_validate(self) -> None:
        if not self._attached:
            self.say("No policy is attached.")
            return
        failed = await self._failed(self._attached)
        self.say("\n".join(failed.values()) or "The policy passes every check.",
                 severity="warning" if failed else "information")

    async def _failed(self, text: str) -> dict[str, str]:
        """Each check of ValidateResourcePolicy that fails, with its sentence."""
        answer: Any = await call(self.client.validate_resource_policy, SecretId=self.secret_id, ResourcePolicy=text)
        return {each["CheckName"]: each["ErrorMessage"] for each in answer["ValidationErrors"]}

    @gesture
    async def action_store(self) -> None:
        """Shows what changes, and attaches it; a policy that locks its writer out is asked about once more."""
        if not self._changeable():
            return
        text, seen = self.area.value, self._attached
        outcome, found = await self._guard(text, seen, _nothing).ask_before(self.app, seen)
        if outcome is not None:
            await self._end_edit(outcome, found)
            return
        if found == seen and not self.is_dirty:
            self.say("Nothing is changed yet.")
            return
        seen = found
        failed = await self._failed(text)
        title = sanitize(f"Attach this policy to {self._words}?")
        block = await self.app.push_screen_wait(
            PolicyPreview(title, line_changes(seen, text), [sanitize(each) for each in failed.values()])
        )
        if block is None or (LOCKED_OUT in failed and not await self._agrees(
                "Lock yourself out?", LOCKS_OUT.format(why=failed[LOCKED_OUT]), "Lock out", can_be_undone=False)):
            return
        await self._write(text, seen, lambda: self.client.put_resource_policy(
            SecretId=self.secret_id, ResourcePolicy=text, BlockPublicPolicy=block))

    async def _write(self, text: str, seen: str, write: Callable[[], object]) -> None:
        """Attaches `text`, or with none removes the policy, unless it is another one by now than was `seen`."""
        outcome, before = await self._guard(text, seen, write).run(self.app, self.vault, seen)
        if outcome is Outcome.STORED:
            inverse.policy_changed(self.session, self.secret_id, self._words, before, text)
            self.say("The policy is attached." if text else "The policy is removed.")
        await self._end_edit(outcome, before)

    async def _end_edit(self, outcome: Outcome, found: str) -> None:
        """Looks at the policy again where it is stored or discarded; what is edited further begins from `found`."""
        if outcome is Outcome.EDIT:
            self._attached = found
        if outcome in (Outcome.STORED, Outcome.DISCARDED):
            self.area.read_only = True
            await self.reload()

    def _guard(self, text: str, seen: str, write: Callable[[], object]) -> GuardedWrite[str]:
        policy_of = self.client.get_resource_policy

        def describe(found: str) -> list[SafeText]:
            did = "changed the policy" if found and seen else "attached a policy" if found else "detached the policy"
            who = last_change.describe_last_change(self.vault, self.secret_id, self.session.region,
                                                  last_change.POLICY_CHANGES, did)
            mine = _spell_changes(seen, text) if text else ["  removes the policy"]
            if not found and text in (seen, indent_json(seen)):
                mine = ["  attaches it again, unchanged"]
            theirs = _spell_changes(seen, found) if found else ["  no policy is attached now"]
            return [who, SafeText("They:"), *map(sanitize, theirs), SafeText("You:"), *map(sanitize, mine)]

        return GuardedWrite(
            sanitize(f"The policy of {self._words} changed meanwhile"),
            lambda: policy_of(SecretId=self.secret_id).get("ResourcePolicy", ""), ne, write, describe,
            TYPED if text else (), "Attach mine anyway" if text else "Remove anyway",
        )

    @gesture
    async def action_remove(self) -> None:
        if not self._changeable():
            return
        seen = self._attached
        if not seen:
            self.say("No policy is attached.")
        elif await self._agrees(f"Remove the policy of {self._words}?", GONE_POLICY, "Remove"):
            await self._write("", seen, lambda: self.client.delete_resource_policy(SecretId=self.secret_id))

    @property
    def _words(self) -> SafeText:
        return sanitize(self.secret["Name"] if self.secret else self.secret_id)

    async def _agrees(self, question: str, text: str, answer: str, *, can_be_undone: bool = True) -> bool:
        asked = Confirm(sanitize(question), sanitize(text, lines=True), answer, can_be_undone=can_be_undone)
        return await self.app.push_screen_wait(asked)


def _nothing() -> None:
    """What is only asked about is not written yet."""


def _spell_changes(before: str, after: str) -> list[str]:
    """The lines that were added and removed."""
    if before == after:
        return ["  nothing"]
    found = [f"  {line.sign} {line.text.strip()}" for line in line_changes(before, after) if line.sign in "+-"]
    return found or ["  only its formatting"]
