"""Fixed values: by which words a policy means somebody it knows, and so no stranger."""

from __future__ import annotations

import re

from smtui.policy.keys import FIXING


def names(key: str, text: str, value: str) -> bool:
    """Whether this text of a policy fixes the value: it is the same, or of the account or organization it names.

    Identifiers that differ only in case are one.
    """
    if key not in FIXING:
        return False
    if key in ("aws:principalorgpaths", "aws:sourceorgpaths"):
        organization = text.partition("/")[0]
        return _is_literal(organization) and value.partition("/")[0].lower() == organization.lower()
    if key == "aws:sourcearn" and text.count(":") >= 4:
        account = text.split(":")[4]
        if re.fullmatch(r"\d{12}", account):
            return value.split(":")[4:5] == [account]
    return _is_literal(text) and text.lower() == value.lower()


def _is_literal(text: str) -> bool:
    return not set("*?$") & set(text)
