"""The policy tab of a secret: shows, edits, validates, attaches and removes the policy, and lists who has access."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal

from smtui.api.arn import get_account
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.dialog import confirm_discard
from smtui.tui.dialogs.pick import Pick
from smtui.tui.json_editor.diagnostic import Diagnostic
from smtui.tui.policy.access_list import TITLE, AccessList
from smtui.tui.policy.editor import PolicyEditor
from smtui.tui.policy.policy_write import PolicyWriter
from smtui.tui.policy.preview import confirm_policy, confirm_removal
from smtui.tui.policy.templates import TEMPLATES
from smtui.tui.policy.validation import PolicyValidator
from smtui.tui.secret.allowed_actions import POLICY_OPERATIONS
from smtui.tui.secret.tabs import POLICY, SecretTab
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.scroll_pane import ScrollPane

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session

NO_POLICY = "No policy attached. {edit} creates one, {template} starts from a template."
UNAVAILABLE = "Restore the secret to view its policy."
VIEW_ACTIONS = frozenset({"edit", "template", "validate", "remove", "tab"})
"""Actions that are not available while the policy is edited."""


class PolicyScreen(SecretTab):
    """Shows the attached policy; `e` begins to edit it. Letters are key bindings until then."""

    BINDINGS = keys.list_bindings("policy") + keys.list_bindings("tabs")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "JsonArea"
    number = POLICY
    opened_by = ("get_resource_policy",)
    change_action = "policy"
    operations = POLICY_OPERATIONS

    editor = getters.query_one(PolicyEditor)
    access_list = getters.query_one(AccessList)

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.secret: DescribeSecretResponse | None = None
        self._attached = ""
        self._validator = PolicyValidator(session, self.client, secret_id)

    def compose(self) -> ComposeResult:
        yield from self.compose_head()
        with ReadPane(), Horizontal(id="areas"):
            yield PolicyEditor(self._find_diagnostics)
            with ScrollPane(title=TITLE, id="who"):
                yield AccessList()
        yield Footer()

    def _find_diagnostics(self, text: str) -> Sequence[Diagnostic]:
        return self._validator.find_diagnostics(text, self.secret["ARN"]) if self.secret is not None else []

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
        self.access_list.show(access, get_account(secret["ARN"]), has_policy=bool(attached))
        if self.is_editing:
            return
        self.secret, self._attached = secret, attached
        self.show_head(secret)
        self._show_attached()

    def _show_attached(self) -> None:
        self.access_list.set_draft(False)
        self.editor.show_policy(self._attached, self._describe_missing_policy())
        self.refresh_bindings()

    def _describe_missing_policy(self) -> str:
        if self.secret is not None and "DeletedDate" in self.secret:
            return UNAVAILABLE
        return NO_POLICY.format(edit=self.find_key("policy.edit"), template=self.find_key("policy.template"))

    # Editing.

    @property
    def is_editing(self) -> bool:
        """Whether the policy is being edited. What others change meanwhile shows only beside the text."""
        return self.editor.is_editing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "store":
            return self.is_editing
        if action == "remove" and self.has_read and not self._attached:
            return False
        return False if action in VIEW_ACTIONS and self.is_editing else super().check_action(action, parameters)

    def list_resource_ids(self) -> Collection[str]:
        return self.list_secret_ids(self.secret)

    def _can_change(self) -> bool:
        """Whether the policy can be changed; if not, a notification gives the reason."""
        return self.secret is not None and not self.refuses_to_change(self.secret)

    def action_edit(self) -> None:
        if self._can_change():
            self._edit()

    def _edit(self, text: str | None = None) -> None:
        self.editor.begin_editing(text)
        self.access_list.set_draft(True)
        self.refresh_bindings()

    @gesture
    async def action_template(self) -> None:
        if self.secret is None or not self._can_change():
            return
        titles = [title for title, _ in TEMPLATES]
        picked = await self.app.push_screen_wait(Pick(SafeText("Start from template"), titles))
        if picked is not None:
            _, text = TEMPLATES[picked]
            self._edit(text(get_account(self.secret["ARN"])))

    def action_go_to_diagnostic(self, step: int) -> None:
        self.editor.area.action_go_to_diagnostic(step)

    def action_back(self) -> None:
        if self.is_editing:
            self.stop_editing()
        else:
            self.dismiss()

    @gesture
    async def stop_editing(self) -> None:
        if not self.is_dirty or await confirm_discard(self.app):
            self._show_attached()
            await self.reload()

    @property
    def form_title(self) -> SafeText:
        """What is edited here, for a message about it."""
        return sanitize(f"Policy of {self.secret['Name'] if self.secret else self.secret_id}")

    @property
    def is_dirty(self) -> bool:
        """Whether the edited text differs from the attached policy."""
        return self.editor.is_changed(self._attached)

    # Requests.

    @gesture
    async def action_validate(self) -> None:
        if not self._attached:
            self.say("No policy attached.")
            return
        title = sanitize(f"Validate the policy of {self._secret_name}")
        failed = await self._validator.find_failed_checks(self.app, title, self._attached)
        if failed is None:
            return
        self.say("\n".join(failed.values()) or "Validation passed.",
                 severity="warning" if failed else "information")

    @gesture
    async def action_store(self) -> None:
        """Shows the changes and attaches the policy. A policy that locks the caller out needs a second confirmation."""
        if not self._can_change():
            return
        title = sanitize(f"Attach this policy to {self._secret_name}?")
        text, seen = self.editor.text, self._attached
        outcome, found = await self._writer.ask_if_changed(title, text, seen)
        if outcome is not None:
            await self._end_edit(outcome, found)
            return
        if found == seen and not self.is_dirty:
            self.say("No changes yet.")
            return
        failed = await self._validator.find_failed_checks(self.app, title, text)
        if failed is None:
            return
        block = await confirm_policy(self.app, self._secret_name, found, text, failed)
        if block is not None:
            await self._end_write("Policy attached.", await self._writer.attach(text, found, block_public=block))

    async def _end_write(self, sentence: str, result: tuple[WriteOutcome, str]) -> None:
        outcome, before = result
        if outcome is WriteOutcome.STORED:
            self.say(sentence)
        await self._end_edit(outcome, before)

    async def _end_edit(self, outcome: WriteOutcome, found: str) -> None:
        """Shows the attached policy after storing or discarding; further editing is based on `found`."""
        if outcome is WriteOutcome.EDIT:
            self._attached = found
        if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
            self.editor.end_editing()
            await self.reload()

    @gesture
    async def action_remove(self) -> None:
        if not self._can_change():
            return
        seen = self._attached
        if not seen:
            self.say("No policy attached.")
        elif await confirm_removal(self.app, self._secret_name):
            await self._end_write("Policy removed.", await self._writer.remove(seen))

    @property
    def _secret_name(self) -> SafeText:
        return sanitize(self.secret["Name"] if self.secret else self.secret_id)

    @property
    def _writer(self) -> PolicyWriter:
        return PolicyWriter(self.app, self.session, self.client, self.secret_id, self._secret_name)
