"""What the status of a rotation means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtui.api.extension_types import RotationStatus


def has_failed(run: RotationStatus) -> bool:
    """Whether the last run of a rotation has failed, also if it is to be retried."""
    return run["State"] == "failed" or (run["State"] == "waiting" and run["Attempts"] > 0)
