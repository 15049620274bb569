"""`Item`: one record of a source, such as a login of a password manager; and `SourceContent`, what a source returns.

`smtui.transfer.mapping` makes secrets of items. No `repr` of these classes has a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from smtui.transfer.entry import Entry, Value
from smtui.transfer.source_file import SourceFile

STANDARD_FIELDS = ("username", "password", "url", "otp", "notes")
"""The names of fields that every source uses, in the order in which they are written."""


class ItemState(StrEnum):
    """Where a source keeps an item."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    TRASHED = "trashed"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an item."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a source.

    Attributes:
        title: its name in the source.
        place: its position in the file, for messages.
        folder: the names of the groups it is in, from the outermost.
        fields: its fields, `username`, `password` and `url` by these names; empty ones may be among them.
        value: the entire value, for a source without fields.
        description: becomes Description.
        tags: become tags.
        id: identifies the item in its source, also after it was renamed there; empty if it has no such ID.
        history: earlier values, the oldest first, each as fields or as an entire value.
        attachments: files that belong to it.
        is_unnamed: whether the source has no name for it, so that the title is only that of the file.
    """

    title: str = field(repr=False)
    place: str
    folder: Sequence[str] = field(default=(), repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    value: Value | None = field(default=None, repr=False)
    description: str = field(default="", repr=False)
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)
    id: str = ""
    history: Sequence[Mapping[str, str] | Value] = field(default=(), repr=False)
    attachments: Sequence[Attachment] = field(default=(), repr=False)
    state: ItemState = ItemState.ACTIVE
    is_unnamed: bool = False


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Parts of a source that are not imported: their number, what they are, and the option that imports them."""

    number: int
    one: str
    many: str
    option: str = ""

    def __str__(self) -> str:
        what = f"{self.number:,} {self.one if self.number == 1 else self.many}"
        return f"{what} ({self.option} imports {'it' if self.number == 1 else 'them'})" if self.option else what


@dataclass(slots=True)
class SourceContent:
    """What a source has read.

    Attributes:
        what: what the file is, such as `KeePass 4 database`.
        entries: secrets whose names are kept as they are.
        items: records that are mapped to secrets.
        left_behind: what it cannot bring along.
        notes: sentences about the file.
        origin: the value of the tag `imported-from`; by default the name of the source.
        is_encrypted: whether the file is encrypted, so that it may stay where it is.
        inner: what was in an encrypted file, and is read as a file of its own.
    """

    what: str
    entries: list[Entry] = field(default_factory=list, repr=False)
    items: list[Item] = field(default_factory=list, repr=False)
    left_behind: list[LeftBehind] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    origin: str = ""
    is_encrypted: bool = False
    inner: SourceFile | None = field(default=None, repr=False)
