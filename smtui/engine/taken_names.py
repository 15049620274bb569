"""Looks up many names at once: which are taken, and which no secret can have. No value is read."""

from __future__ import annotations

from collections.abc import Iterable

from smtui.api.errors import ValidationException
from smtui.api.model import OPERATIONS
from smtui.engine import names
from smtui.vault import secrets
from smtui.vault.database import Database

NAME = OPERATIONS["CreateSecret"].request.members["Name"]
SCHEDULED = "A secret with this name is scheduled for deletion."


def look_up_names(
    database: Database, region: str, wanted: Iterable[str]
) -> tuple[set[str], dict[str, str]]:
    """The names of secrets with a value, and the names that cannot get one, each with the reason.

    A name in neither is free or belongs to a secret without a value.
    """
    refused = {name: reason for name in wanted if (reason := _find_name_fault(name))}
    with_value: set[str] = set()
    for name, scheduled, has_value in secrets.list_states(database, region, [name for name in wanted
                                                                           if name not in refused]):
        if scheduled:
            refused[name] = SCHEDULED
        elif has_value:
            with_value.add(name)
    return with_value, refused


def _find_name_fault(name: str) -> str:
    """Why no secret can have this name; empty if one can."""
    try:
        names.validate_name(name)
    except ValidationException as error:
        return error.message
    longest = getattr(NAME, "max", None)
    return f"The name is longer than {longest} characters." if longest and len(name) > longest else ""
