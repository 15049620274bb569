"""Reports a failed or waiting rotation on standard error; RotateSecret itself succeeds in either case."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from smtui.cli import diagnostics

FIRST_LINES, LAST_LINES = 3, 12

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.backends.local import Vault


def report_problem(context: Context, secret_id: str, region: str | None) -> None:
    """Warns if the secret's latest rotation failed or waits for permission. The context has rotation runs."""
    described = context.rotations(region_name=region).describe_rotation(SecretId=secret_id)
    run = described.get("Rotation", {})
    if "WaitsForPermission" in described:
        for each in cast("Vault", context).scheduler.list_waiting(secret_id=secret_id, region_name=region):
            diagnostics.warn(f"The rotation waits for your permission to run {each.function} on this machine.",
                             f"To see and allow it: smtui functions allow {each.function} --region {each.region}")
        return
    if not run.get("Message"):
        return
    what = "The test of this rotation" if run["Kind"] == "test" else "The rotation"
    hint = "To retry it: smtui rotate-due" if run["State"] == "waiting" else "It will not be retried."
    diagnostics.warn(f"{what} failed at {run['Step']}: {shorten_message(run['Message'])}", hint)


def shorten_message(message: str) -> str:
    """Returns the first and the last lines of a message; a function may have written thousands of lines."""
    lines = message.split("\n")
    if len(lines) <= FIRST_LINES + LAST_LINES:
        return message
    omitted = len(lines) - FIRST_LINES - LAST_LINES
    return "\n".join((*lines[:FIRST_LINES], f"({omitted:,} lines omitted; the Rotation tab of the secret shows them)",
                      *lines[-LAST_LINES:]))
