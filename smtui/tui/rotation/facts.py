"""The content of the rotation tab: settings, next windows, and the steps of the last rotation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from smtui.rotation.function import STEPS, WAITS
from smtui.rules import schedules
from smtui.rules.rotation_status import has_failed
from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.rotation.function_text import describe_function, format_function_name
from smtui.tui.rotation.schedule_text import format_rules, format_window, parse_rules
from smtui.tui.secret.label_moves import find_pending_version, shorten_id

if TYPE_CHECKING:
    from smtui.api.extension_types import DescribeRotationResponse, FunctionEntry, RotationStatus
    from smtui.api.types import DescribeSecretResponse

WINDOWS = 5
DONE, RUNNING, WAITING, FAILED = "✓ done", "▸ running", "○ waiting", "✗ failed"
COLOURS = {DONE: "$success", RUNNING: "$accent", WAITING: "$text-muted", FAILED: "$error"}


@dataclass(frozen=True, slots=True)
class RotationState:
    """What the tab shows.

    Attributes:
        details: the response of DescribeRotation.
        function: the entry of ListFunctions; None if there is no function, or it was deleted.
        knows_functions: whether a function without entry does not exist.
    """

    secret: DescribeSecretResponse
    details: DescribeRotationResponse
    function: FunctionEntry | None
    now: datetime
    knows_functions: bool = True

    @property
    def is_set_up(self) -> bool:
        return "RotationLambdaARN" in self.secret

    @property
    def is_on(self) -> bool:
        return self.secret.get("RotationEnabled", False)

    @property
    def run(self) -> RotationStatus | None:
        """The current run, or else the last one; None before the first."""
        return self.details.get("Rotation")

    @property
    def waits_for_permission(self) -> bool:
        """Whether the command is not allowed to run on this machine."""
        return "WaitsForPermission" in self.details

    @property
    def is_under_way(self) -> bool:
        return self.run is not None and self.run["State"] == "waiting"

    @property
    def pending_version(self) -> str | None:
        """The version that blocks the next rotation, see `find_pending_version`."""
        return find_pending_version(self.secret.get("VersionIdsToStages", {}))


class SettingsSummary(Static):
    """Schedule, function and dates."""

    def show(self, rotation: RotationState, edit_key: str, allow_key: str) -> None:
        self.update(Content("\n").join(_format_settings(rotation, edit_key, allow_key)))


def _format_settings(rotation: RotationState, edit_key: str, allow_key: str) -> Iterator[Content]:
    secret = rotation.secret
    if not rotation.is_set_up:
        yield Content(f"Rotation is off. {edit_key} configures it.")
        return
    if not rotation.is_on:
        yield Content.styled(f"○ Rotation is disabled. {edit_key} enables it again.", "$warning")
    rules = parse_rules(secret.get("RotationRules", {}))
    yield _format_row("Schedule", format_rules(rules) if rules else "none (rotated on demand)")
    if expression := secret.get("RotationRules", {}).get("ScheduleExpression"):
        yield _format_row("", expression, "$text-muted")
    yield _format_row("Function", format_function_name(secret["RotationLambdaARN"]))
    if rotation.function is not None:
        yield _format_row("", describe_function(rotation.function), "$text-muted")
        if rotation.waits_for_permission:
            words = f"▲ It {WAITS}. {allow_key} reviews the command."
            yield _format_row("", words, "$warning")
    elif rotation.knows_functions:
        yield _format_row("", "▲ This function no longer exists.", "$error")
    # The service returns the date only while the rotation is on.
    never = "never" if secret.get("RotationEnabled") else "unknown while rotation is disabled"
    rotated = format_time(secret.get("LastRotatedDate")) or never
    yield Content.assemble(_format_row("Rotated", rotated), *_format_due_date(rotation))


def _format_due_date(rotation: RotationState) -> Iterator[Content]:
    due = rotation.secret.get("NextRotationDate")
    if due is not None and due < rotation.now:
        yield Content.styled(f"  ▲ overdue since {format_time(due)}", "$error")
    elif due is not None:
        yield Content.assemble(("  next by ", "$text-muted"), format_time(due))


class NextWindows(Static):
    """The next five windows; hidden without a schedule."""

    def show(self, rotation: RotationState) -> None:
        rules = parse_rules(rotation.secret.get("RotationRules", {})) if rotation.is_on else None
        self.display = rules is not None
        if rules is not None:
            self.update(Content("\n").join(_format_windows(rotation, rules)))


def _format_windows(rotation: RotationState, rules: schedules.Rules) -> Iterator[Content]:
    yield Content.styled("Next windows (local time)", "$text-muted")
    for window in schedules.list_next_windows(rules, rotation.details["CountsFromDate"], rotation.now, WINDOWS):
        open_now = Content.styled("  ▸ open now", "$accent") if window.start <= rotation.now else Content("")
        yield Content.assemble(f"  {format_window(window)}", open_now)


class RotationRun(Static):
    """The steps of the last run, and the error if it failed."""

    def show(self, rotation: RotationState, retry_key: str) -> None:
        self.update(Content("\n").join(_format_run(rotation, retry_key)))


def _format_run(rotation: RotationState, retry_key: str) -> Iterator[Content]:
    run = rotation.run
    if run is None:
        yield Content.styled(_describe_no_run(rotation), "$text-muted")
    else:
        what = "Function test" if run["Kind"] == "test" else "Rotation"
        when = "" if run["State"] == "waiting" else f", ended {format_time(run['ChangedDate'])}"
        yield Content.styled(f"{what}{when}", "$text-muted")
        for step in STEPS if run["Kind"] == "rotation" else ("testSecret",):
            state = _find_step_state(run, step)
            yield Content.assemble(f"  {step:<13} ", (state, f"bold {COLOURS[state]}"))
        yield from _format_failure(run, retry_key)
    pending = rotation.pending_version
    if pending is not None and not rotation.is_under_way:
        yield Content("")
        yield Content.styled(f"▲ AWSPENDING is still attached to version {shorten_id(pending)}. No rotation can "
                             "start until it is removed.", "$warning")


def describe_obstacle(rotation: RotationState) -> SafeText:
    """Describes why RotateSecret is refused now; empty if it is not.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
    """
    if rotation.pending_version is None:
        return SafeText("")
    if rotation.is_under_way:
        return SafeText("A rotation is in progress. It must end or be cancelled before these settings can be applied.")
    return SafeText("AWSPENDING is still attached. It must be removed before these settings can be applied.")


def _describe_no_run(rotation: RotationState) -> SafeText:
    """Describes that no run is on record; a cancelled one is not, though it may have left AWSPENDING."""
    if not rotation.is_set_up:
        return SafeText("")
    has_run = "LastRotatedDate" in rotation.secret or rotation.pending_version is not None
    return SafeText("No rotation in progress." if has_run else "Not rotated yet.")


def _find_step_state(run: RotationStatus, step: str) -> str:
    at = STEPS.index(run["Step"])
    if run["State"] == "done" or STEPS.index(step) < at:
        return DONE
    if STEPS.index(step) > at:
        return WAITING
    if run["AtWork"]:
        return RUNNING
    return FAILED if has_failed(run) else WAITING


def _format_failure(run: RotationStatus, retry_key: str) -> Iterator[Content]:
    if run["State"] == "waiting" and run["Attempts"]:
        times = "once" if run["Attempts"] == 1 else f"{run['Attempts']} times"
        yield Content(f"Failed {times}; next retry {format_time(run['RetryDate'])}, {retry_key} retries now.")
    if message := run["Message"]:
        yield Content("")
        yield Content.styled(sanitize(message, lines=True), "$error")


def _format_row(title: str, text: str, style: str = "") -> Content:
    return Content.assemble((f"{title:<10}", "$text-muted"), (sanitize(text), style))
