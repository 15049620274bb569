"""What is known about a secret without its value, as the head of its screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.kms import picker
from smtui.tui.secret.allowed_actions import primary_region
from smtui.tui.secret_list import rows

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse


class Facts(Static):
    """Name, description, tags, dates, ARN."""

    DEFAULT_CSS = """
    Facts {
        height: auto;
        max-height: 10;
        padding: 0 1;
    }
    """

    def show(self, secret: DescribeSecretResponse, now: datetime, region: str) -> None:
        self.update(Content("\n").join(_lines(secret, now, region)))


def _lines(secret: DescribeSecretResponse, now: datetime, region: str) -> Iterator[Content]:
    yield Content.styled(sanitize(secret["Name"]), "bold $primary")
    yield from (Content.styled(line, "$warning") for line in _state(secret, now, region))
    if description := secret.get("Description"):
        yield Content(sanitize(description))
    dates = (
        ("created", rows.minute(secret.get("CreatedDate"))), ("changed", rows.minute(secret.get("LastChangedDate"))),
        ("read", rows.day(secret.get("LastAccessedDate")) or "never"),
    )  # fmt: skip
    yield Content("   ").join(Content.assemble((f"{what} ", "$text-muted"), Content(when)) for what, when in dates)
    key = picker.short(secret.get("KmsKeyId", ""))
    sealed = Content.assemble(("   key  ", "$text-muted"), key) if key else ""
    tags = [Content(sanitize(f"{tag['Key']}={tag.get('Value', '')}")) for tag in secret.get("Tags", ())]
    yield Content.assemble(_titled("tags", Content("  ").join(tags) if tags else Content("none")), sealed)
    yield _titled("ARN", Content(sanitize(secret["ARN"])))


def _state(secret: DescribeSecretResponse, now: datetime, region: str) -> Iterator[SafeText]:
    """What is out of the ordinary, and what it means for what one can do."""
    if deletion := rows.deletion(secret.get("DeletedDate"), now):
        day = rows.minute(secret["DeletedDate"])
        yield sanitize(f"{deletion}, on {day}. Until U restores it nobody reads or changes it.")
    if primary := primary_region(secret, region):
        yield sanitize(f"◆ Replica of the secret in {primary}, where it is changed, labelled, tagged and deleted.")
    if owner := secret.get("OwningService"):
        yield sanitize(f"◆ Managed by the service {owner}, which alone updates it.")


def _titled(title: str, text: Content) -> Content:
    return Content.assemble((f"{title}  ", "$text-muted"), text)
