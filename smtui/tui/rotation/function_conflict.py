"""Detects that others changed or deleted a rotation function while the user edited its settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from smtui.rotation.function import find_function
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.rotation.function_text import describe_function
from smtui.tui.secret.conflict import describe_states
from smtui.tui.secret.guarded_write import GuardedWrite
from smtui.tui.undo.aspects import get_function_state

if TYPE_CHECKING:
    from smtui.api.extension_types import CreateFunctionRequest, FunctionEntry
    from smtui.tui.session import Session

GONE = "deleted"


def guard_function(
    session: Session, function: FunctionEntry, write: Callable[[], object], request: CreateFunctionRequest
) -> GuardedWrite[FunctionEntry | None]:
    """Returns a write that asks the user first if the function is another one than the user saw.

    Args:
        session: the session that reads the function.
        function: the function as the user saw it.
        write: stores the settings, in the vault's thread.
        request: the settings that the user wants.
    """
    name, reader = function["FunctionName"], session.combine_clients(session.region, record_reads=False)
    wanted: FunctionEntry = {**function, **request}  # type: ignore[typeddict-item]  # members of a kind that it is not

    def read() -> FunctionEntry | None:
        return find_function(reader, name)

    def describe(found: FunctionEntry | None) -> list[SafeText]:
        who = last_change.describe_newest(session.vault, last_change.FUNCTION_CHANGES, session.region, subjects={name})
        return describe_states(sanitize(who), describe_function(function),
                               describe_function(found) if found else GONE, describe_function(wanted))

    return GuardedWrite(
        sanitize(f"{name} changed while you edited it"), read,
        lambda seen, found: _get_state(seen) != _get_state(found), write, describe,
    )


def _get_state(function: FunctionEntry | None) -> object:
    return None if function is None else get_function_state(function)
