"""The last rotations of a secret of an account, as CloudTrail tells: AWS has no operation that reports them.

CloudTrail looks for one attribute only, so the events of all secrets are read and sifted here, up to a limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widgets import Static

from smtui.rules.audit_query import find_subject
from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.backends.local import Vault

OUTCOMES = {"RotationSucceeded": ("✓ succeeded", "$success"), "RotationFailed": ("✗ failed", "$error"),
            "RotationAbandoned": ("○ abandoned", "$warning")}  # fmt: skip
"""The events of the service at the end of a rotation.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
"""
MOST_SHOWN = 5
MOST_READ = 250
"""How many events of each kind are read at most: five pages, each of which takes a second."""
TITLE = "Last rotations (CloudTrail, 90 days, minutes late)"
READING = SafeText("Reading CloudTrail…")
NONE = SafeText("None found.")
Event = Mapping[str, Any]


def read_rotations(vault: Vault, region: str, arn: str) -> Sequence[Event]:
    """The last rotations of a secret, the newest first. Runs in a thread of the account.

    Raises:
        SmtuiError: CloudTrail could not be asked.
    """
    found = [event for name in OUTCOMES
             for event in islice(vault.audit_log(operation=name, region_name=region), MOST_READ)
             if find_subject(event) == arn]
    return sorted(found, key=lambda event: str(event["eventTime"]), reverse=True)[:MOST_SHOWN]


class RotationHistory(Static):
    """The last rotations, or why they cannot be shown."""

    def show_reading(self) -> None:
        self._show([Content.styled(READING, "$text-muted")])

    def show_problem(self, sentence: SafeText) -> None:
        self._show([Content.styled(sentence, "$warning")])

    def show_events(self, events: Sequence[Event]) -> None:
        self._show([*_format_events(events)] or [Content.styled(NONE, "$text-muted")])

    def _show(self, lines: Sequence[Content]) -> None:
        self.update(Content("\n").join([Content.styled(TITLE, "$text-muted"), *lines]))


def _format_events(events: Sequence[Event]) -> Iterator[Content]:
    for event in events:
        words, style = OUTCOMES[event["eventName"]]
        message = sanitize(event.get("errorMessage") or "")
        yield Content.assemble(f"  {format_time(datetime.fromisoformat(event['eventTime']))}  ", (words, style),
                               f"  {message}" if message else "")
