"""How a secret is rotated, and how its last rotation went, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widgets import Static

from smtui.rotation.function import STEPS
from smtui.rules import schedules
from smtui.text.sanitize import sanitize
from smtui.tui.rotation.function_text import WAITS, name_in, what_it_does
from smtui.tui.rotation.schedule_text import in_words, of_rules, window_words
from smtui.tui.secret.label_moves import find_pending_version, shorten_id
from smtui.tui.secret_list import rows

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse

WINDOWS = 5
DONE, AT_WORK, WAITING, FAILED = "✓ done", "▸ at work", "○ waiting", "✗ failed"
COLOURS = {DONE: "$success", AT_WORK: "$accent", WAITING: "$text-muted", FAILED: "$error"}


@dataclass(frozen=True, slots=True)
class Rotation:
    """`told` is DescribeRotation's answer; `function` is None where none is set up, or it is not there any more."""

    secret: DescribeSecretResponse
    told: Mapping[str, Any]
    function: Mapping[str, Any] | None
    now: datetime

    @property
    def is_set_up(self) -> bool:
        return "RotationLambdaARN" in self.secret

    @property
    def is_on(self) -> bool:
        return self.secret.get("RotationEnabled", False)

    @property
    def run(self) -> Mapping[str, Any]:
        """The run that is under way, or else the last; empty where there was none."""
        run: Mapping[str, Any] = self.told.get("Rotation", {})
        return run

    @property
    def waits(self) -> bool:
        """Whether its command was not allowed on this machine."""
        return "WaitsForPermission" in self.told

    @property
    def under_way(self) -> bool:
        return self.run.get("State") == "waiting"


class RotationPlan(Static):
    """Schedule, function, dates."""

    def show(self, rotation: Rotation, edit_key: str, allow_key: str) -> None:
        self.update(Content("\n").join(_plan(rotation, edit_key, allow_key)))


def _plan(rotation: Rotation, edit_key: str, allow_key: str) -> Iterator[Content]:
    secret = rotation.secret
    if not rotation.is_set_up:
        yield Content(f"This secret is not rotated. {edit_key} sets up when, and by which function.")
        return
    if not rotation.is_on:
        yield Content.styled(f"○ The rotation is switched off. {edit_key} switches it on again.", "$warning")
    rules = of_rules(secret.get("RotationRules", {}))
    yield _titled("Schedule", in_words(rules) if rules else "none: rotated only when somebody says so")
    if expression := secret.get("RotationRules", {}).get("ScheduleExpression"):
        yield _titled("", expression, "$text-muted")
    yield _titled("Function", name_in(secret["RotationLambdaARN"]))
    if rotation.function is not None:
        yield _titled("", what_it_does(rotation.function), "$text-muted")
        if rotation.waits:
            words = f"▲ It {WAITS}: {allow_key} shows the command and asks."
            yield _titled("", words, "$warning")
    else:
        yield _titled("", "▲ It is not there any more.", "$error")
    # The service tells the date only while the rotation is on.
    never = "never" if secret.get("RotationEnabled") else "not told while it is switched off"
    yield Content.assemble(_titled("Rotated", rows.minute(secret.get("LastRotatedDate")) or never), *_due(rotation))


def _due(rotation: Rotation) -> Iterator[Content]:
    due = rotation.secret.get("NextRotationDate")
    if due is not None and due < rotation.now:
        yield Content.styled(f"  ▲ overdue since {rows.minute(due)}", "$error")
    elif due is not None:
        yield Content.assemble(("  next by ", "$text-muted"), rows.minute(due))


class NextWindows(Static):
    """The next five; nothing where nothing is rotated by itself."""

    def show(self, rotation: Rotation) -> None:
        rules = of_rules(rotation.secret.get("RotationRules", {})) if rotation.is_on else None
        self.display = rules is not None
        if rules is not None:
            self.update(Content("\n").join(_windows(rotation, rules)))


def _windows(rotation: Rotation, rules: schedules.Rules) -> Iterator[Content]:
    yield Content.styled("Next windows, on your clock", "$text-muted")
    for window in schedules.list_next_windows(rules, rotation.told["CountsFromDate"], rotation.now, WINDOWS):
        open_now = Content.styled("  ▸ open now", "$accent") if window.start <= rotation.now else Content("")
        yield Content.assemble(f"  {window_words(window)}", open_now)


class RotationRun(Static):
    """The steps of the last run, and why it failed, if it did."""

    def show(self, rotation: Rotation, retry_key: str) -> None:
        self.update(Content("\n").join(_run(rotation, retry_key)))


def _run(rotation: Rotation, retry_key: str) -> Iterator[Content]:
    run = rotation.run
    if not run:
        yield Content.styled("No rotation has begun yet." if rotation.is_set_up else "", "$text-muted")
    else:
        what = "Test of the function" if run["Kind"] == "test" else "Rotation"
        when = "" if run["State"] == "waiting" else f", ended {rows.minute(run['ChangedDate'])}"
        yield Content.styled(f"{what}{when}", "$text-muted")
        for step in STEPS if run["Kind"] == "rotation" else ("testSecret",):
            state = _state(run, step)
            yield Content.assemble(f"  {step:<13} ", (state, f"bold {COLOURS[state]}"))
        yield from _failure(run, retry_key)
    pending = find_pending_version(rotation.secret.get("VersionIdsToStages", {}))
    if pending is not None and not rotation.under_way:
        yield Content("")
        yield Content.styled(f"▲ AWSPENDING was left on version {shorten_id(pending)}. Until it is taken away, no "
                             "rotation can begin.", "$warning")


def _state(run: Mapping[str, Any], step: str) -> str:
    at = STEPS.index(run["Step"])
    if run["State"] == "done" or STEPS.index(step) < at:
        return DONE
    if STEPS.index(step) > at:
        return WAITING
    if run["AtWork"]:
        return AT_WORK
    return FAILED if run["State"] == "failed" or run["Attempts"] else WAITING


def _failure(run: Mapping[str, Any], retry_key: str) -> Iterator[Content]:
    if run["State"] == "waiting" and run["Attempts"]:
        times = "once" if run["Attempts"] == 1 else f"{run['Attempts']} times"
        yield Content(f"Failed {times}, tried again at {rows.minute(run['RetryDate'])}; {retry_key} tries now.")
    if message := run["Message"]:
        yield Content("")
        yield Content.styled(sanitize(message, lines=True), "$error")


def _titled(title: str, text: str, style: str = "") -> Content:
    return Content.assemble((f"{title:<10}", "$text-muted"), (sanitize(text), style))
