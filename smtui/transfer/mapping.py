"""Makes secrets of the items of a source: names, values, tags. The one place for these rules.

A name is `folder/title` in the letters that AWS allows; a name that occurs several times gets the user name, then a
number. A value is a JSON object of the fields that are not empty; a single field is plain text. The tags
`imported-from` and `imported-id` let a later import find the secret again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from smtui.api.limits import MAX_DESCRIPTION_LENGTH, MAX_TAGS_PER_SECRET, MAX_VALUE_BYTES
from smtui.text import strict_json
from smtui.text.interruption import check_interruption
from smtui.transfer.entry import Entry, Value, make_unreadable_error
from smtui.transfer.entry_limits import MAX_TAG_KEY, MAX_TAG_VALUE, RESERVED, is_reserved_tag
from smtui.transfer.item import Item, ItemState, LeftBehind
from smtui.transfer.unique_names import UniqueNames

FROM_TAG, ID_TAG = "imported-from", "imported-id"
MAX_HISTORY = 99
"""Older versions of a secret that an import can make."""
_ILLEGAL = re.compile(r"[^A-Za-z0-9/_+=.@-]+")
_NEAR_SLASH = re.compile(r"-*/[-/]*")
_LIKE_ARN_END = re.compile(r"-(?=[A-Za-z0-9]{6}\Z)")
_ILLEGAL_IN_TAG = re.compile(r"[^\w\s.:/=+@-]")
_WITHOUT_DECOMPOSITION = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE",
                                        "œ": "oe", "Œ": "OE", "đ": "d", "Đ": "D", "ı": "i", "þ": "th", "Þ": "Th"})
UNTITLED = "untitled"


@dataclass(frozen=True, slots=True)
class MappingOptions:
    """What to import besides the current values of active items, and whether each field becomes a secret."""

    history: bool = False
    attachments: bool = False
    trash: bool = False
    split: bool = False


@dataclass(slots=True)
class MappedItems:
    """The secrets of a source, and what stays behind."""

    entries: list[Entry] = field(default_factory=list)
    left_behind: list[LeftBehind] = field(default_factory=list)


def map_items(items: Sequence[Item], origin: str, options: MappingOptions) -> MappedItems:
    """Makes entries of items. `origin` is the value of the tag `imported-from`."""
    mapped = MappedItems()
    mapped.entries += map_each(lambda: items, origin, options, mapped.left_behind)
    return mapped


def map_each(
    list_items: Callable[[], Iterable[Item]], origin: str, options: MappingOptions, left_behind: list[LeftBehind]
) -> Iterator[Entry]:
    """Makes entries of items that need not be in memory together: they are listed twice, first for their names.

    Args:
        list_items: starts again at the first item.
        origin: the value of the tag `imported-from`.
        options: what to make of each item.
        left_behind: at the end, gets what stays behind.

    Raises:
        UnreadableFileError: the second time, there are other items.
    """
    counts: Counter[str] = Counter()
    wanted = _list_names(_list_kept(list_items(), options, Counter()))
    names = UniqueNames(reserved=wanted)
    chosen = iter([names.choose(name) for name in wanted])
    del wanted
    for item in _list_kept(list_items(), options, counts):
        check_interruption()
        name = next(chosen, None)
        if name is None:
            raise make_unreadable_error(item.place, "the file changed while it was being read")
        yield from _map_item(item, name, origin, options, names, counts)
    left_behind += list_left_behind(counts)


def _list_kept(items: Iterable[Item], options: MappingOptions, counts: Counter[str]) -> Iterator[Item]:
    """The items that become secrets; the others are counted by their state."""
    for item in items:
        if options.trash or item.state is ItemState.ACTIVE:
            yield item
        else:
            counts[str(item.state)] += 1


def _map_item(
    item: Item, name: str, origin: str, options: MappingOptions, names: UniqueNames, counts: Counter[str]
) -> Iterator[Entry]:
    metadata = _make_metadata(item, name, origin, counts)
    if not _is_split(item, options):
        yield Entry(name, _get_value(item), item.place, metadata=metadata, origin=_describe(item),
                    history=_make_history(item, options, counts), is_unnamed=item.is_unnamed)
    for part, value, described in _list_parts(item, options, counts):
        chosen = names.choose(f"{name}/{part}")
        yield Entry(chosen, value, item.place, metadata=_name_part(metadata, chosen.removeprefix(f"{name}/")),
                    origin=described)


# Names.


def clean_name(text: str) -> str:
    """The text in letters that a secret's name may have: without diacritics, and `-` for any other.

    No `-` that this function writes is before the last six characters, where AWS would take them for those of an ARN.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_WITHOUT_DECOMPOSITION))
    folded = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    name = _NEAR_SLASH.sub("/", _ILLEGAL.sub("-", folded)).strip("-/")
    if not _LIKE_ARN_END.search(folded):
        name = _LIKE_ARN_END.sub("_", name)
    return name


def _list_names(items: Iterable[Item]) -> list[str]:
    """The name of each item, with the user name if it occurs several times."""
    names: list[str] = []
    with_users: list[str] = []
    for item in items:
        check_interruption()
        names.append(_join_name(item))
        with_users.append(_add_user(item, names[-1]))
    several = Counter(names)
    return [with_user if several[name] > 1 else name for name, with_user in zip(names, with_users, strict=True)]


def _join_name(item: Item) -> str:
    parts = [clean_name(part) for part in (*item.folder, item.title or UNTITLED)]
    return "/".join(part for part in parts if part) or UNTITLED


def _add_user(item: Item, name: str) -> str:
    user = clean_name(item.fields.get("username", ""))
    return f"{name}/{user}" if user else name


# Values.


def make_value(fields: Mapping[str, str]) -> Value:
    """A JSON object of the fields that are not empty; plain text if there is one, empty if there is none."""
    held = {name: text for name, text in fields.items() if text}
    return next(iter(held.values()), "") if len(held) < 2 else strict_json.format_json(held)


def _is_split(item: Item, options: MappingOptions) -> bool:
    """Whether each field of the item becomes a secret. An item without any becomes an empty entry."""
    return options.split and item.value is None and any(item.fields.values())


def _list_parts(item: Item, options: MappingOptions, counts: Counter[str]) -> Iterator[tuple[str, Value, str]]:
    """What becomes a secret of its own below the name of the item: its name there, its value, and what it is."""
    title = _join_title(item)
    for name, text in item.fields.items() if _is_split(item, options) else ():
        if text:
            yield clean_name(name) or "field", text, f"{title} ({name})"
    for attachment in item.attachments:
        if not options.attachments:
            counts["attachment"] += 1
        elif len(attachment.content) > MAX_VALUE_BYTES:
            counts["large attachment"] += 1
        else:
            yield clean_name(attachment.name) or "attachment", attachment.content, f"attachment of {title}"


def _get_value(item: Item) -> Value:
    return make_value(item.fields) if item.value is None else item.value


def _make_history(item: Item, options: MappingOptions, counts: Counter[str]) -> tuple[Value, ...]:
    """The older values, without empty ones and repetitions."""
    values: list[Value] = []
    for older in (*item.history, _get_value(item)):
        value = make_value(older) if isinstance(older, Mapping) else older
        if value and (not values or values[-1] != value):
            values.append(value)
    older_values = values[:-1]
    if options.history:
        counts["old value"] += max(len(older_values) - MAX_HISTORY, 0)
        return tuple(older_values[-MAX_HISTORY:])
    counts["older value"] += len(older_values)
    return ()


def _describe(item: Item) -> str:
    """The title in the source and the names of its fields, for the plan."""
    fields = ", ".join(name for name, text in item.fields.items() if text)
    return f"{_join_title(item)} ({fields})" if fields and item.value is None else _join_title(item)


def _join_title(item: Item) -> str:
    return "/".join((*item.folder, item.title or UNTITLED))


# Descriptions and tags.


def _make_metadata(item: Item, name: str, origin: str, counts: Counter[str]) -> dict[str, object]:
    """Description and Tags, for CreateSecret. A title that is not in the name becomes the description."""
    title = item.title if item.title and not f"/{name}".endswith(f"/{item.title}") else ""
    description = "\n".join(text for text in (title, item.description) if text)
    counts["long description"] += len(description) > MAX_DESCRIPTION_LENGTH
    tags = {**dict(_clean_tags(item.tags, counts)), FROM_TAG: origin, **_make_id_tag(item.id)}
    most = MAX_TAGS_PER_SECRET
    counts["tag"] += max(len(tags) - most, 0)
    metadata: dict[str, object] = {"Tags": [{"Key": key, "Value": text} for key, text in [*tags.items()][-most:]]}
    if description:
        metadata["Description"] = description[:MAX_DESCRIPTION_LENGTH]
    return metadata


def _make_id_tag(id: str) -> dict[str, str]:
    return {ID_TAG: _ILLEGAL_IN_TAG.sub("-", id)[:MAX_TAG_VALUE]} if id else {}


def _clean_tags(tags: Mapping[str, str], counts: Counter[str]) -> Iterator[tuple[str, str]]:
    """Tags in the letters and lengths that AWS allows."""
    for key, value in tags.items():
        cleaned, text = (_ILLEGAL_IN_TAG.sub("-", part).strip() for part in (key, value))
        if is_reserved_tag(cleaned):
            counts[RESERVED] += 1
        elif cleaned:
            counts["long tag"] += len(cleaned) > MAX_TAG_KEY or len(text) > MAX_TAG_VALUE
            yield cleaned[:MAX_TAG_KEY], text[:MAX_TAG_VALUE]


def _name_part(metadata: Mapping[str, object], part: str) -> dict[str, object]:
    """The metadata of a part of an item, whose ID names the part too."""
    tags = metadata["Tags"]
    assert isinstance(tags, list)
    named = [{**tag, "Value": f"{tag['Value']}/{part}"[:MAX_TAG_VALUE]} if tag["Key"] == ID_TAG else tag
             for tag in tags]
    return {**metadata, "Tags": named}


# What stays behind.


def list_left_behind(counts: Counter[str]) -> Iterator[LeftBehind]:
    kinds = (
        LeftBehind(counts["older value"], "older value", "older values", "--history"),
        LeftBehind(counts["attachment"], "attachment", "attachments", "--attachments"),
        LeftBehind(counts[str(ItemState.TRASHED)], "item in the trash", "items in the trash", "--trash"),
        LeftBehind(counts[str(ItemState.ARCHIVED)], "archived item", "archived items", "--trash"),
        LeftBehind(counts["large attachment"], f"attachment larger than {MAX_VALUE_BYTES:,} bytes",
                   f"attachments larger than {MAX_VALUE_BYTES:,} bytes"),
        LeftBehind(counts["old value"], f"older value beyond the newest {MAX_HISTORY}",
                   f"older values beyond the newest {MAX_HISTORY}"),
        LeftBehind(counts[RESERVED], "tag that only AWS can attach (aws:...)",
                   "tags that only AWS can attach (aws:...)"),
        LeftBehind(counts["long tag"], f"tag cut to {MAX_TAG_KEY} characters of key and {MAX_TAG_VALUE} of value",
                   f"tags cut to {MAX_TAG_KEY} characters of key and {MAX_TAG_VALUE} of value"),
        LeftBehind(counts["tag"], f"tag beyond {MAX_TAGS_PER_SECRET} of a secret",
                   f"tags beyond {MAX_TAGS_PER_SECRET} of a secret"),
        LeftBehind(counts["long description"], f"description beyond {MAX_DESCRIPTION_LENGTH:,} characters",
                   f"descriptions beyond {MAX_DESCRIPTION_LENGTH:,} characters"),
    )
    yield from (kind for kind in kinds if kind.number)


def merge_left_behind(several: Iterable[LeftBehind]) -> list[LeftBehind]:
    """Adds up equal kinds."""
    totals: dict[tuple[str, str], LeftBehind] = {}
    for each in several:
        before = totals.get((each.one, each.option))
        totals[each.one, each.option] = replace(each, number=each.number + (before.number if before else 0))
    return [*totals.values()]
