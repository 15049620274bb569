"""The header of a secret's screen: everything DescribeSecret answers that is worth a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from smtui.text.dates import format_day, format_moment, format_time
from smtui.text.sanitize import sanitize
from smtui.text.truncate import truncate_middle
from smtui.tui.environments import highlight_environments
from smtui.tui.kms import picker
from smtui.tui.secret.allowed_actions import find_primary_region
from smtui.tui.secret_list import entry_state

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse


ROOMY = 30
"""From this height of the screen on, in rows, each fact has a line of its own. Below, the header has three lines."""


ARN_MARGIN = 9
"""Terminal cells of a line that the ARN cannot have: its title and the padding."""


class SecretHeader(Static):
    """Shows name, state, description, dates, tags, KMS key and ARN."""

    DEFAULT_CSS = """
    SecretHeader {
        height: auto;
        max-height: 10;
        padding: 0 1;
    }
    """

    _shown: tuple[DescribeSecretResponse, datetime, str] | None = None

    def show(self, secret: DescribeSecretResponse, now: datetime, region: str) -> None:
        """Shows an answer of DescribeSecret in `region`.

        Args:
            now: the current time, which decides what today is, and how much of a recovery window is left.
        """
        self._shown = secret, now, region
        size = self.screen.size
        is_compact = size.height < ROOMY
        self.screen.set_class(is_compact, "-compact")
        lines = _format_compact(secret, now, region, size.width) if is_compact else _format_lines(secret, now, region)
        self.update(Content("\n").join(lines))

    def on_resize(self) -> None:
        if self._shown:
            self.show(*self._shown)


def _format_lines(secret: DescribeSecretResponse, now: datetime, region: str) -> Iterator[Content]:
    yield highlight_environments(Content.styled(sanitize(secret["Name"]), "bold $primary"))
    for _, sentence in _list_states(secret, now, region):
        yield Content.styled(sanitize(sentence), "$warning")
    if description := secret.get("Description"):
        yield Content(sanitize(description))
    yield Content("   ").join(_list_dates(secret, now))
    tags = _format_tags(secret)
    key = _format_key(secret)
    yield Content("   ").join([_format_field("tags", tags or Content("none")), *([key] if key else [])])
    yield _format_field("ARN", Content(sanitize(secret["ARN"])))


def _format_compact(secret: DescribeSecretResponse, now: datetime, region: str, width: int) -> Iterator[Content]:
    """Yields three lines. Each is cut where the screen ends, so the most important facts come first.

    Args:
        width: the width of the screen in terminal cells.
    """
    states = [Content.styled(sanitize(fact), "$warning") for fact, _ in _list_states(secret, now, region)]
    name, about = sanitize(secret["Name"]), sanitize(secret.get("Description", ""))
    title = highlight_environments(Content.styled(name, "bold $primary"))
    yield Content.assemble(title, f"   {about}" if about else "")
    if states:
        yield Content("   ").join(states)
    facts = [*_list_dates(secret, now), _format_key(secret), _format_tags(secret)]
    yield Content("   ").join([each for each in facts if each])
    if not states:
        yield _format_field("ARN", Content(truncate_middle(sanitize(secret["ARN"]), width - ARN_MARGIN)))


def _list_dates(secret: DescribeSecretResponse, now: datetime) -> Iterator[Content]:
    dates = (
        ("created", format_moment(secret.get("CreatedDate"), now)),
        ("changed", format_moment(secret.get("LastChangedDate"), now)),
        ("read", format_day(secret.get("LastAccessedDate"), now) or "never"),
    )  # fmt: skip
    for what, when in dates:
        yield Content.assemble((f"{what} ", "$text-muted"), Content(when))


def _format_key(secret: DescribeSecretResponse) -> Content:
    key = picker.shorten_key_id(secret.get("KmsKeyId", ""))
    return _format_field("key", Content(key)) if key else Content("")


def _format_tags(secret: DescribeSecretResponse) -> Content:
    return Content("  ").join(
        Content(sanitize(f"{tag['Key']}={tag.get('Value', '')}")) for tag in secret.get("Tags", ()))


def _list_states(secret: DescribeSecretResponse, now: datetime, region: str) -> Iterator[tuple[str, str]]:
    """Yields a scheduled deletion, a replica and a managing service: briefly, and with what each denies."""
    if deletion := entry_state.format_deletion(secret.get("DeletedDate"), now):
        fact = f"{deletion}, on {format_time(secret['DeletedDate'])}"
        yield f"{fact}. U restores it.", f"{fact}. U restores it; until then it cannot be read or changed."
    if primary := find_primary_region(secret, region):
        fact = f"◆ Replica of the primary in {primary}"
        yield fact, f"{fact}. Change it there."
    if owner := secret.get("OwningService"):
        fact = f"◆ Managed by the service {owner}"
        yield fact, f"{fact}; only that service can update it."


def _format_field(title: str, text: Content) -> Content:
    return Content.assemble((f"{title}  ", "$text-muted"), text)
