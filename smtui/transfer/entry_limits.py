"""The limits of AWS for one secret, which an import checks before it writes anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from smtui.api.limits import (
    MAX_DESCRIPTION_LENGTH,
    MAX_NAME_LENGTH,
    MAX_TAGS_PER_SECRET,
    MAX_TYPE_LENGTH,
    MAX_VALUE_BYTES,
)
from smtui.transfer.entry import Entry

MAX_TAG_KEY, MAX_TAG_VALUE = 128, 256
RESERVED_TAGS = "aws:"
"""The beginning of the keys of tags that only AWS itself can attach, in any case."""
RESERVED = "reserved tag"


def find_problem(entry: Entry) -> str:
    """Which limit the value or the name of an entry exceeds, in words; empty if none."""
    for value in (*entry.history, entry.value):
        size = len(value) if isinstance(value, bytes) else len(value.encode("utf-8", "surrogatepass"))
        if size > MAX_VALUE_BYTES:
            return f"the value has {size:,} bytes, at most {MAX_VALUE_BYTES:,} are allowed"
    if len(entry.name) > MAX_NAME_LENGTH:
        return f"the name has {len(entry.name):,} characters, at most {MAX_NAME_LENGTH} are allowed"
    return ""


def find_metadata_problem(metadata: Mapping[str, Any]) -> str:
    """Which limit the description, the type or the tags of a new secret exceed, in words; empty if none.

    They are not written to a secret that exists.
    """
    description, tags = len(metadata.get("Description", "")), metadata.get("Tags", ())
    if description > MAX_DESCRIPTION_LENGTH:
        return f"the description has {description:,} characters, at most {MAX_DESCRIPTION_LENGTH:,} are allowed"
    if len(metadata.get("Type", "")) > MAX_TYPE_LENGTH:
        return f"the type has more than {MAX_TYPE_LENGTH} characters"
    if len(tags) > MAX_TAGS_PER_SECRET:
        return f"it has {len(tags):,} tags, at most {MAX_TAGS_PER_SECRET} are allowed"
    keys = [tag.get("Key", "") for tag in tags]
    if "" in keys:
        return "a tag has no key"
    if len({*keys}) < len(keys):
        return "a tag key is given twice"
    if any(len(key) > MAX_TAG_KEY for key in keys):
        return f"the key of a tag has more than {MAX_TAG_KEY} characters"
    if any(len(tag.get("Value", "")) > MAX_TAG_VALUE for tag in tags):
        return f"the value of a tag has more than {MAX_TAG_VALUE} characters"
    return ""


def is_reserved_tag(key: str) -> bool:
    """Whether only AWS can attach a tag, such as `aws:cloudformation:stack-name`."""
    return key.lower().startswith(RESERVED_TAGS)


def drop_reserved_tags(entry: Entry, counts: Counter[str]) -> Entry:
    """The entry without the tags that AWS attached, which are counted as `RESERVED`."""
    tags: Iterable[Mapping[str, Any]] = entry.metadata.get("Tags", ())
    kept = [tag for tag in tags if not is_reserved_tag(tag.get("Key", ""))]
    number = len(entry.metadata.get("Tags", ())) - len(kept)
    if not number:
        return entry
    counts[RESERVED] += number
    metadata = {member: value for member, value in entry.metadata.items() if member != "Tags"}
    return replace(entry, metadata={**metadata, "Tags": kept} if kept else metadata)
