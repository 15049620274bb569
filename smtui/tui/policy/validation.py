"""The validation of a policy text: the diagnostics as the user types, and the checks of ValidateResourcePolicy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smtui.api.errors import MalformedPolicyDocumentException, SmtuiError
from smtui.tui.bridge import call
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.json_editor.diagnostic import Diagnostic, Severity
from smtui.tui.policy import diagnostics

if TYPE_CHECKING:
    from smtui.api.types import Client, ValidateResourcePolicyResponse
    from smtui.text.sanitize import SafeText
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

LOCK_OUT_CHECK = "LockOut"
"""The check of ValidateResourcePolicy that fails if the caller could not change the policy again."""


class PolicyValidator:
    """Validates policies for one secret.

    Args:
        session: the session, for the time and for calls that the audit log does not record.
        client: the client for the calls at the user's request.
        secret_id: the ARN or name of the secret.
    """

    def __init__(self, session: Session, client: Client, secret_id: str) -> None:
        self._session = session
        self._client = client
        self._secret_id = secret_id

    def find_diagnostics(self, text: str, arn: str) -> Sequence[Diagnostic]:
        """Returns the diagnostics of a text that is being edited. Runs in the vault's thread; records no event.

        Args:
            arn: the ARN of the secret.
        """
        found = diagnostics.find_diagnostics(text, arn, self._session.now())
        if not text.strip() or any(each.severity is Severity.ERROR for each in found):
            return found
        return [*self._find_lock_outs(text), *found]

    def _find_lock_outs(self, text: str) -> list[Diagnostic]:
        client = self._session.client(record_reads=False)
        try:
            answer = client.validate_resource_policy(SecretId=self._secret_id, ResourcePolicy=text)
        except SmtuiError:
            return []
        return [diagnostics.make_lock_out_diagnostic(text, each["ErrorMessage"]) for each in answer["ValidationErrors"]
                if each["CheckName"] == LOCK_OUT_CHECK]

    async def find_failed_checks(self, app: Shell, title: SafeText, text: str) -> dict[str, str] | None:
        """Returns the failed checks of ValidateResourcePolicy with their sentences; None if the user stops waiting.

        Args:
            title: the title of the card that shows the state of the read.

        Raises:
            MalformedPolicyDocumentException: the text is no policy; reading again would not help.
        """
        answer = await read_for_dialog(app, title, lambda: self._validate(text))
        if answer is None:
            return None
        if isinstance(answer, MalformedPolicyDocumentException):
            raise answer
        return {each["CheckName"]: each["ErrorMessage"] for each in answer["ValidationErrors"]}

    async def _validate(self, text: str) -> ValidateResourcePolicyResponse | MalformedPolicyDocumentException:
        try:
            return await call(self._client.validate_resource_policy, SecretId=self._secret_id, ResourcePolicy=text)
        except MalformedPolicyDocumentException as refusal:
            return refusal
