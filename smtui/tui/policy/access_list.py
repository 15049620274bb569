"""The list of principals who can read a secret, as its policy decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.extension_types import ListAccessResponse

OWN = "any principal in this account allowed by its IAM policies"
OWN_BY_DENIAL = {
    "": OWN,
    "always": "in this account only principals named in the policy (it denies all others)",
    "conditional": f"{OWN}, unless the policy denies it under its conditions",
}
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

    def show(self, access: ListAccessResponse | None, account: str) -> None:
        """Shows the response of ListAccess, or that a deleted secret cannot be read.

        Args:
            account: the account id of the secret.
        """
        self.update(Content("\n").join(_format_access(access, account)) if access is not None else NOBODY)


def _format_access(access: ListAccessResponse, account: str) -> Iterator[Content]:
    yield Content.styled("Who can read this", "bold $primary")
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
