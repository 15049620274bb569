"""What is known about a secret without its value, as the head of its screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from smtui.shown import shown
from smtui.tui import rows

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

    def show(self, secret: DescribeSecretResponse, now: datetime) -> None:
        self.update(Content("\n").join(_lines(secret, now)))


def _lines(secret: DescribeSecretResponse, now: datetime) -> Iterator[Content]:
    yield Content.styled(shown(secret["Name"]), "bold $primary")
    if deletion := rows.deletion(secret.get("DeletedDate"), now):
        yield Content.styled(f"{deletion}, on {rows.minute(secret['DeletedDate'])}", "$warning")
    if description := secret.get("Description"):
        yield Content(shown(description))
    dates = (
        ("created", rows.minute(secret.get("CreatedDate"))), ("changed", rows.minute(secret.get("LastChangedDate"))),
        ("read", rows.day(secret.get("LastAccessedDate")) or "never"),
    )  # fmt: skip
    yield Content("   ").join(Content.assemble((f"{what} ", "$text-muted"), Content(when)) for what, when in dates)
    tags = [Content(shown(f"{tag['Key']}={tag.get('Value', '')}")) for tag in secret.get("Tags", ())]
    yield _titled("tags", Content("  ").join(tags) if tags else Content("none"))
    yield _titled("ARN", Content(shown(secret["ARN"])))


def _titled(title: str, text: Content) -> Content:
    return Content.assemble((f"{title}  ", "$text-muted"), text)
