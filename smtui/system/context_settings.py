"""The tables `[contexts.NAME]` of the settings file: AWS accounts and vaults with a name.

Everything else about an account (SSO, roles, MFA, credential_process, endpoint_url) is in the profile of
`~/.aws/config`, which boto3 reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from smtui.api.arn import is_account, is_region, parse_secret_arn
from smtui.api.record import record

PROTECTIONS = ("read", "ask", "no")
"""No changes; changes after a question; changes without a question."""
COLOURS = ("red", "orange", "yellow", "green", "cyan", "blue", "magenta", "grey")
KEEP = "keep"
LISTS = {"regions": "Regions", "bookmarks": "ARNs"}
"""The settings that are lists, and of what."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_BAD_NAME = "the name of a context can contain letters, digits, . _ and -, such as prod-eu"


@record
class ContextSettings:
    """A context: an AWS profile or the path of a vault.

    Args:
        name: the name after `[contexts.`.
        profile: a profile of `~/.aws/config`.
        account: the account that the profile must lead to, 12 digits; empty accepts every account.
        regions: the Regions to offer; the first is where the context opens.
        protect: one of `PROTECTIONS`, `ask` for an account only; empty is `read` for an account and `no` for a vault.
        colour: one of `COLOURS`, or empty.
        vault: the path of a vault file.
        bookmarks: the ARNs of secrets to offer, such as those of other accounts, which no list has.
        index: `keep` keeps the list of the account in the open vault, encrypted and without values; or empty.
    """

    name: str
    profile: str = ""
    account: str = ""
    regions: tuple[str, ...] = ()
    protect: str = ""
    colour: str = ""
    vault: str = ""
    bookmarks: tuple[str, ...] = ()
    index: str = ""

    @property
    def is_aws(self) -> bool:
        return not self.vault

    @property
    def keeps_index(self) -> bool:
        return self.index == KEEP

    @property
    def protection(self) -> str:
        """One of `PROTECTIONS`."""
        return self.protect or ("read" if self.is_aws else "no")

    def to_table(self) -> dict[str, Any]:
        """The table for the settings file, without what is not set."""
        members = ((name, getattr(self, name)) for name in sorted(_MEMBERS, key=self.__match_args__.index))
        table = {name: value for name, value in members if value}
        return {name: [*value] if isinstance(value, tuple) else value for name, value in table.items()}


_MEMBERS = frozenset(ContextSettings.__match_args__) - {"name"}


def parse_context(name: str, table: object) -> ContextSettings:
    """Parses the table of one context. Raises ValueError with a sentence that names it."""
    where = f"[contexts.{name}]"
    if not is_context_name(name):
        raise ValueError(f"{where}: {_BAD_NAME}")
    if not isinstance(table, Mapping):
        raise ValueError(f"{where} must be a table")
    for member, value in table.items():
        if member not in _MEMBERS:
            raise ValueError(f"{where} has an unknown setting {member!r}")
        _require_type(where, member, value)
    found = ContextSettings(name, **{**table, **{member: tuple(table.get(member, ())) for member in LISTS}})
    _require_sense(where, found)
    return found


def parse_contexts(tables: Mapping[str, Any]) -> dict[str, ContextSettings]:
    """Parses all tables, in their order. Raises ValueError."""
    return {name: parse_context(name, table) for name, table in tables.items()}


def is_context_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def split_region(word: str) -> tuple[str, str | None]:
    """Splits NAME@REGION; without a Region the second part is None. Raises ValueError."""
    name, at, region = word.partition("@")
    if not is_context_name(name):
        raise ValueError(f"{_BAD_NAME}, perhaps with a Region: prod-eu@eu-west-1")
    if at and not is_region(region):
        raise ValueError("expected NAME@REGION, with a Region such as us-east-1")
    return name, region if at else None


def _require_type(where: str, member: str, value: object) -> None:
    if member in LISTS:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValueError(f"{where} {member} must be a list of {LISTS[member]}")
    elif not isinstance(value, str):
        raise ValueError(f"{where} {member} must be text in quotes")


def _require_sense(where: str, context: ContextSettings) -> None:
    if bool(context.profile) == bool(context.vault):
        raise ValueError(f"{where} needs either profile or vault")
    if context.vault and context.account:
        raise ValueError(f"{where} account belongs to a profile, not to a vault")
    if context.vault and context.protect == "ask":
        raise ValueError(f'{where} protect = "ask" belongs to a profile, not to a vault')
    if context.account and not is_account(context.account):
        raise ValueError(f"{where} account must be 12 digits in quotes")
    if wrong := [region for region in context.regions if not is_region(region)]:
        raise ValueError(f"{where} regions: {wrong[0]!r} does not look like a Region")
    if wrong := [arn for arn in context.bookmarks if parse_secret_arn(arn) is None]:
        raise ValueError(f"{where} bookmarks: {wrong[0]!r} is not the ARN of a secret")
    if context.vault and context.index:
        raise ValueError(f"{where} index belongs to a profile, not to a vault")
    for member, allowed in (("index", (KEEP,)), ("protect", PROTECTIONS), ("colour", COLOURS)):
        if getattr(context, member) not in ("", *allowed):
            raise ValueError(f"{where} {member} must be one of {', '.join(allowed)}")
