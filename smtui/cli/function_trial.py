"""`smtui functions try`: runs a function on a copy of a secret, and reports each step."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit, RefusedError
from smtui.rotation.function import WAITS
from smtui.rules.labels import AWSCURRENT

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionEntry
    from smtui.backends.local import Vault
    from smtui.rotation.trial import StepReport

SHOWN = 8
"""Characters of a VersionId that are shown."""


def try_function(vault: Vault, function: FunctionEntry, secret: str, region: str | None) -> Exit:
    """Runs the four steps on a copy of `secret`. Raises ClientError, RefusedError."""
    name = function["FunctionName"]
    if "WaitsForPermission" in function:
        raise RefusedError(f"{name} {WAITS}.", hint=f"To see and allow it: smtui functions allow {name}")
    found = vault.scheduler.try_function(function, secret, report=_report, region_name=region)
    if found.copy:
        diagnostics.note(
            f"{secret} is unchanged. The function may have changed the credential in the service: the secret "
            f"{found.copy} has the new one, as {'its pending' if found.problem else 'its current'} version.\n"
            f"To delete the copy: smtui delete-secret --secret-id {found.copy}"
        )
    else:
        diagnostics.note(f"{secret} is unchanged, and the copy is deleted.")
    return Exit.REFUSED if found.problem else Exit.DONE


def _report(report: StepReport) -> None:
    output.write_line(f"{report.step}: {f'failed: {report.problem}' if report.problem else 'done'}")
    labels = sorted(report.labels, key=lambda label: (label != AWSCURRENT, label))
    output.write_line("  labels of the copy: " + ", ".join(
        f"{label} on {report.labels[label][:SHOWN]}" for label in labels))
    if report.output.text:
        output.write_line("  output:\n" + indent(report.output.text.rstrip(), "    "))
