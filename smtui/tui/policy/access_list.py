"""The list of principals who can read a secret, as its policy decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.widgets.panel import show_title

if TYPE_CHECKING:
    from smtui.api.extension_types import ListAccessResponse

OWN = "any principal in this account allowed by its IAM policies"
OWN_BY_DENIAL = {
    "": OWN,
    "always": "in this account only principals named in the policy (it denies all others)",
    "conditional": f"{OWN}, unless a condition of the policy denies it",
}
TITLE = "Who can read this"
ATTACHED = "by the attached policy"
NONE_ATTACHED = "now (no policy)"
NOBODY = "Cannot be read until restored."
CONDITIONAL = "  if the policy's conditions match"


class AccessList(Static):
    """Shows who has access to the value of a secret."""

    DEFAULT_CSS = """
    AccessList {
        height: auto;
        padding: 0 1;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._access: ListAccessResponse | None = None
        self._account = self._basis = ""
        self._is_beside_draft = False

    def show(self, access: ListAccessResponse | None, account: str, *, has_policy: bool) -> None:
        """Shows the response of ListAccess, or that a deleted secret cannot be read.

        Args:
            account: the account id of the secret.
            has_policy: whether a policy is attached.
        """
        self._access, self._account, self._basis = access, account, ATTACHED if has_policy else NONE_ATTACHED
        self._update_text()

    def set_draft(self, is_beside_draft: bool) -> None:
        """Says, beside a draft, that the list is not about the draft."""
        self._is_beside_draft = is_beside_draft
        self._update_text()

    def _update_text(self) -> None:
        if self._access is None:
            self.update(NOBODY)
        else:
            self.update(Content("\n").join(_format_access(self._access, self._account)))
        if isinstance(self.parent, Widget):
            show_title(self.parent, f"{TITLE} {self._basis}" if self._is_beside_draft else TITLE)


def _format_access(access: ListAccessResponse, account: str) -> Iterator[Content]:
    yield Content(OWN_BY_DENIAL[access.get("AccountDenial", "")])
    for each in access["Principals"]:
        if each != account:
            yield Content(_describe_principal(each))
    for each in access.get("ConditionalPrincipals", ()):
        yield Content.assemble(Content(sanitize(each)), (CONDITIONAL, "$text-muted"))
    for each in access.get("RefusedPrincipals", ()):
        yield Content.styled(_describe_principal(each), "$text-muted strike")
    if "KeyNote" in access:
        yield Content.styled(sanitize(f"▲ {access['KeyNote'][:1].upper()}{access['KeyNote'][1:]}."), "$warning")
    if "Witness" in access:
        yield Content.styled(sanitize(f"▲ {access['Witness']}"), "$warning")


def _describe_principal(principal: str) -> SafeText:
    text = f"any principal in account {principal} allowed by its IAM policies" if principal.isdigit() else principal
    return sanitize(text)
