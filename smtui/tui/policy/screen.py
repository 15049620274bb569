"""The policy tab of a secret: shows, edits, validates, attaches and removes the policy, and lists who has access."""

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
from smtui.tui.dialogs.dialog import confirm_discard
from smtui.tui.dialogs.pick import Pick
from smtui.tui.json_editor.area import JsonArea
from smtui.tui.json_editor.diagnostic import Diagnostic, Severity
from smtui.tui.json_editor.diagnostic_list import DiagnosticList
from smtui.tui.json_editor.diff import diff_json
from smtui.tui.policy import diagnostics
from smtui.tui.policy.access_list import AccessList
from smtui.tui.policy.preview import PolicyPreview
from smtui.tui.policy.templates import TEMPLATES
from smtui.tui.secret.guarded_write import EDIT_ANSWERS, GuardedWrite
from smtui.tui.secret.tabs import POLICY, SecretTab
from smtui.tui.secret.value_edit import Outcome
from smtui.tui.undo import inverse
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.scroll_pane import ScrollPane

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session

NO_DIAGNOSTICS = SafeText("Nothing is wrong with it.")
NO_POLICY = "No policy is attached: {edit} writes one, {template} begins with a template."
UNAVAILABLE = "Its policy can be looked at again once the secret is restored."
VIEWING, EDITING = "Policy, as it is attached", "Policy, being edited: not attached yet"
LOCK_OUT_CHECK = "LockOut"
LOCK_OUT_WARNING = "{why}\n\nWhoever you are here, not even this vault's owner could change it again."
REMOVAL_WARNING = "Only the own policies of this account's users and roles count then."
VIEW_ACTIONS = frozenset({"edit", "template", "validate", "remove", "tab"})
"""Actions that are not available while the policy is edited."""


class PolicyScreen(SecretTab):
    """Shows the attached policy; `e` begins to edit it. Letters are key bindings until then."""

    BINDINGS = keys.of("policy") + keys.of("tabs")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "JsonArea"
    number = POLICY
    opened_by = ("get_resource_policy",)
    change_action = "policy"

    area = getters.query_one(JsonArea)
    diagnostic_list = getters.query_one(DiagnosticList)

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.secret: DescribeSecretResponse | None = None
        self._attached = ""

    def compose(self) -> ComposeResult:
        yield from self.compose_head()
        with ReadPane(), Horizontal(id="areas"):
            with Vertical(id="text"):
                yield Static(VIEWING, id="state", classes="title")
                yield JsonArea("", self._check, read_only=True)
                yield DiagnosticList(NO_DIAGNOSTICS)
            with ScrollPane(id="who"):
                yield AccessList()
        yield Footer()

    def _check(self, text: str) -> Sequence[Diagnostic]:
        """Returns the diagnostics of a text. It runs in the vault's thread, as it validates the policy there."""
        if self.secret is None:
            return []
        found = diagnostics.find_diagnostics(text, self.secret["ARN"], self.session.now())
        if not text.strip() or any(each.severity is Severity.ERROR for each in found):
            return found
        return [*self._find_lock_outs(text), *found]

    def _find_lock_outs(self, text: str) -> list[Diagnostic]:
        try:
            answer = self.session.client(record_reads=False).validate_resource_policy(
                SecretId=self.secret_id, ResourcePolicy=text)
        except SmtuiError:
            return []
        return [diagnostics.make_lock_out_diagnostic(text, each["ErrorMessage"]) for each in answer["ValidationErrors"]
                if each["CheckName"] == LOCK_OUT_CHECK]

    # Display.

    async def load(self) -> None:
        """Reads policy and access. A text that is edited stays, and so does the policy that it is based on."""
        secret = await self.read_secret()
        if secret is None:
            return
        access, attached = None, ""
        if "DeletedDate" not in secret:
            response = await call(self.reader.get_resource_policy, SecretId=self.secret_id)
            access = await call(self.reader.list_access, SecretId=self.secret_id, Action="GetSecretValue")
            attached = response.get("ResourcePolicy", "")
        if self.editing:
            self._changes = None
            return
        self.secret, self._attached = secret, attached
        self.show_head(secret)
        self.query_one(AccessList).show(access, get_account(secret["ARN"]))
        self._show_attached()

    def _show_attached(self) -> None:
        """Shows the attached policy; a policy in one line is formatted."""
        self.area.read_only = True
        text = self._attached
        self.area.load_text(text if "\n" in text.strip() else indent_json(text))
        self._show_state(VIEWING if text else self._describe_missing_policy())
        self.area.focus()

    def _describe_missing_policy(self) -> str:
        if self.secret is not None and "DeletedDate" in self.secret:
            return UNAVAILABLE
        return NO_POLICY.format(edit=self.key_of("policy.edit"), template=self.key_of("policy.template"))

    def _show_state(self, state: str) -> None:
        self.query_one("#state", Static).update(Content(state))
        self.set_class(not self.area.text, "-none")
        self.refresh_bindings()

    def on_json_area_checked(self, message: JsonArea.Checked) -> None:
        self.diagnostic_list.show(message.diagnostics)

    def on_diagnostic_list_selected(self, message: DiagnosticList.Selected) -> None:
        self.area.focus()
        self.area.go_to(message.diagnostic)

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
        return False if action in VIEW_ACTIONS and self.editing else super().check_action(action, parameters)

    def _can_change(self) -> bool:
        """Whether the policy can be changed; if not, a notification gives the reason."""
        return self.secret is not None and not self.refuses_to_change(self.secret)

    def action_edit(self) -> None:
        if self._can_change():
            self._edit()

    def _edit(self) -> None:
        self.area.read_only = False
        self.area.focus()
        self._show_state(EDITING)
        self.remove_class("-none")

    @gesture
    async def action_template(self) -> None:
        if self.secret is None or not self._can_change():
            return
        picked = await self.app.push_screen_wait(Pick(SafeText("Begin with which?"), [words for words, _ in TEMPLATES]))
        if picked is not None:
            _, text = TEMPLATES[picked]
            self._edit()
            self.area.replace(text(get_account(self.secret["ARN"])), (0, 0), self.area.document.end)
            self.area.move_cursor((0, 0))

    def action_go_to_diagnostic(self, step: int) -> None:
        self.area.action_go_to_diagnostic(step)

    def action_back(self) -> None:
        if self.editing:
            self.stop_editing()
        else:
            self.leave()

    @gesture
    async def stop_editing(self) -> None:
        if not self.is_dirty or await confirm_discard(self.app):
            self._show_attached()

    @property
    def is_dirty(self) -> bool:
        """Whether the edited text differs from the attached policy."""
        unchanged = "", self._attached, indent_json(self._attached)
        return self.editing and self.area.value not in unchanged

    # Requests.

    @gesture
    async def action_validate(self) -> None:
        if not self._attached:
            self.say("No policy is attached.")
            return
        failed = await self._find_failed_checks(self._attached)
        self.say("\n".join(failed.values()) or "The policy passes every check.",
                 severity="warning" if failed else "information")

    async def _find_failed_checks(self, text: str) -> dict[str, str]:
        """Returns the failed checks of ValidateResourcePolicy with their sentences."""
        answer: Any = await call(self.client.validate_resource_policy, SecretId=self.secret_id, ResourcePolicy=text)
        return {each["CheckName"]: each["ErrorMessage"] for each in answer["ValidationErrors"]}

    @gesture
    async def action_store(self) -> None:
        """Shows the changes and attaches the policy. A policy that locks the caller out needs a second confirmation."""
        if not self._can_change():
            return
        text, seen = self.area.value, self._attached
        outcome, found = await self._guard(text, seen, _write_nothing).ask_if_changed(self.app, seen)
        if outcome is not None:
            await self._end_edit(outcome, found)
            return
        if found == seen and not self.is_dirty:
            self.say("Nothing is changed yet.")
            return
        seen = found
        failed = await self._find_failed_checks(text)
        title = sanitize(f"Attach this policy to {self._secret_name}?")
        block = await self.app.push_screen_wait(
            PolicyPreview(title, diff_json(seen, text), [sanitize(each) for each in failed.values()])
        )
        if block is None or (LOCK_OUT_CHECK in failed and not await self._confirm_lock_out(failed[LOCK_OUT_CHECK])):
            return
        await self._write(text, seen, lambda: self.client.put_resource_policy(
            SecretId=self.secret_id, ResourcePolicy=text, BlockPublicPolicy=block))

    async def _write(self, text: str, seen: str, write: Callable[[], object]) -> None:
        """Attaches a policy or, with an empty text, removes it, unless the attached policy is no longer `seen`."""
        outcome, before = await self._guard(text, seen, write).run(self.app, self.vault, seen)
        if outcome is Outcome.STORED:
            inverse.record_policy_change(self.session, self.secret_id, self._secret_name, before, text)
            self.say("The policy is attached." if text else "The policy is removed.")
        await self._end_edit(outcome, before)

    async def _end_edit(self, outcome: Outcome, found: str) -> None:
        """Shows the attached policy after storing or discarding; further editing is based on `found`."""
        if outcome is Outcome.EDIT:
            self._attached = found
        if outcome in (Outcome.STORED, Outcome.DISCARDED):
            self.area.read_only = True
            await self.reload()

    def _guard(self, text: str, seen: str, write: Callable[[], object]) -> GuardedWrite[str]:
        get_policy = self.client.get_resource_policy

        def describe(found: str) -> list[SafeText]:
            did = "changed the policy" if found and seen else "attached a policy" if found else "detached the policy"
            who = last_change.describe_last_change(self.vault, self.secret_id, self.session.region,
                                                  last_change.POLICY_CHANGES, did)
            mine = _format_changes(seen, text) if text else ["  removes the policy"]
            if not found and text in (seen, indent_json(seen)):
                mine = ["  attaches it again, unchanged"]
            theirs = _format_changes(seen, found) if found else ["  no policy is attached now"]
            return [who, SafeText("They:"), *map(sanitize, theirs), SafeText("You:"), *map(sanitize, mine)]

        return GuardedWrite(
            sanitize(f"The policy of {self._secret_name} changed meanwhile"),
            lambda: get_policy(SecretId=self.secret_id).get("ResourcePolicy", ""), ne, write, describe,
            EDIT_ANSWERS if text else (), "Attach mine anyway" if text else "Remove anyway",
        )

    @gesture
    async def action_remove(self) -> None:
        if not self._can_change():
            return
        seen = self._attached
        if not seen:
            self.say("No policy is attached.")
        elif await self._confirm(f"Remove the policy of {self._secret_name}?", REMOVAL_WARNING, "Remove"):
            await self._write("", seen, lambda: self.client.delete_resource_policy(SecretId=self.secret_id))

    @property
    def _secret_name(self) -> SafeText:
        return sanitize(self.secret["Name"] if self.secret else self.secret_id)

    async def _confirm_lock_out(self, why: str) -> bool:
        text = LOCK_OUT_WARNING.format(why=why)
        return await self._confirm("Lock yourself out?", text, "Lock out", can_be_undone=False)

    async def _confirm(self, question: str, text: str, answer: str, *, can_be_undone: bool = True) -> bool:
        dialog = Confirm(sanitize(question), sanitize(text, lines=True), answer, can_be_undone=can_be_undone)
        return await self.app.push_screen_wait(dialog)


def _write_nothing() -> None:
    """The write of a guard that only compares."""


def _format_changes(before: str, after: str) -> list[str]:
    """Returns the added and removed lines."""
    if before == after:
        return ["  nothing"]
    found = [f"  {line.sign} {line.text.strip()}" for line in diff_json(before, after) if line.sign in "+-"]
    return found or ["  only its formatting"]
