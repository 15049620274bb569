"""The header of a secret's screen: everything DescribeSecret answers that is worth a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from smtui.text.dates import format_date, format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.kms import picker
from smtui.tui.secret.allowed_actions import find_primary_region
from smtui.tui.secret_list import entry_state

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse


class SecretHeader(Static):
    """Shows name, state, description, dates, tags, KMS key and ARN."""

    DEFAULT_CSS = """
    SecretHeader {
        height: auto;
        max-height: 10;
        padding: 0 1;
    }
    """

    def show(self, secret: DescribeSecretResponse, now: datetime, region: str) -> None:
        """Shows an answer of DescribeSecret in `region`; `now` decides how much of a recovery window is left."""
        self.update(Content("\n").join(_format_lines(secret, now, region)))


def _format_lines(secret: DescribeSecretResponse, now: datetime, region: str) -> Iterator[Content]:
    yield Content.styled(sanitize(secret["Name"]), "bold $primary")
    yield from (Content.styled(line, "$warning") for line in _format_state(secret, now, region))
    if description := secret.get("Description"):
        yield Content(sanitize(description))
    dates = (
        ("created", format_time(secret.get("CreatedDate"))),
        ("changed", format_time(secret.get("LastChangedDate"))),
        ("read", format_date(secret.get("LastAccessedDate")) or "never"),
    )  # fmt: skip
    yield Content("   ").join(Content.assemble((f"{what} ", "$text-muted"), Content(when)) for what, when in dates)
    key = picker.shorten_key_id(secret.get("KmsKeyId", ""))
    sealed = Content.assemble(("   key  ", "$text-muted"), key) if key else ""
    tags = [Content(sanitize(f"{tag['Key']}={tag.get('Value', '')}")) for tag in secret.get("Tags", ())]
    yield Content.assemble(_format_field("tags", Content("  ").join(tags) if tags else Content("none")), sealed)
    yield _format_field("ARN", Content(sanitize(secret["ARN"])))


def _format_state(secret: DescribeSecretResponse, now: datetime, region: str) -> Iterator[SafeText]:
    """Formats a scheduled deletion, a replica and a managing service, and what each of them denies."""
    if deletion := entry_state.format_deletion(secret.get("DeletedDate"), now):
        day = format_time(secret["DeletedDate"])
        yield sanitize(f"{deletion}, on {day}. Until U restores it nobody reads or changes it.")
    if primary := find_primary_region(secret, region):
        yield sanitize(f"◆ Replica of the secret in {primary}, where it is changed, labelled, tagged and deleted.")
    if owner := secret.get("OwningService"):
        yield sanitize(f"◆ Managed by the service {owner}, which alone updates it.")


def _format_field(title: str, text: Content) -> Content:
    return Content.assemble((f"{title}  ", "$text-muted"), text)
