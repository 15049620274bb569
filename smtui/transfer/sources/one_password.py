"""1Password: exports as 1PUX. https://support.1password.com/1pux-format/"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smtui.text import strict_json
from smtui.text.strict_json import Number, StrictJsonError
from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.item import Attachment, Item, ItemState, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import get_list, get_object, get_text, list_objects, to_text
from smtui.transfer.unique_names import UniqueNames
from smtui.transfer.zip_reader import ZipReader

ATTRIBUTES, DATA, FILES = "export.attributes", "export.data", "files/"
STATES = {"archived": ItemState.ARCHIVED, "trashed": ItemState.TRASHED, "deleted": ItemState.TRASHED}
NOT_TEXT = ("file", "reference")


def recognise(file: SourceFile) -> bool:
    return file.zip is not None and {ATTRIBUTES, DATA} <= {*file.zip.names}


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    assert file.zip is not None
    try:
        document = strict_json.parse_strict_json(file.zip.read(DATA).decode())
    except (StrictJsonError, UnicodeDecodeError):
        raise make_unreadable_error(f"{file.name}, {DATA}", "it is not valid JSON") from None
    content = SourceContent("1Password export (1PUX)")
    vaults = [vault for account in list_objects(document, "accounts") for vault in list_objects(account, "vaults")]
    for vault in vaults:
        name = get_text(get_object(vault, "attrs"), "name")
        for item in list_objects(vault, "items"):
            place = f"{file.name}, item {len(content.items) + 1}"
            content.items.append(_make_item(get_object(item, "item") or item, name, file.zip, place))
    return content


def _make_item(item: dict[str, Any], vault: str, archive: ZipReader, place: str) -> Item:
    overview, details = get_object(item, "overview"), get_object(item, "details")
    fields = dict(_list_fields(overview, details))
    older = sorted(list_objects(details, "passwordHistory"), key=_get_time)
    return Item(
        get_text(overview, "title"), place, (vault,) if vault else (), fields, id=get_text(item, "uuid"),
        tags={to_text(tag): "" for tag in get_list(overview, "tags")},
        state=STATES.get(get_text(item, "state"), ItemState.ACTIVE),
        history=[{**fields, "password": get_text(each, "value")} for each in older],
        attachments=[*_list_attachments(details, archive)],
    )  # fmt: skip


def _get_time(older: dict[str, Any]) -> float:
    """When a password was replaced, as a Unix time; 0 if that is not known."""
    time = older.get("time")
    return float(time) if isinstance(time, Number) else 0


def _list_fields(overview: dict[str, Any], details: dict[str, Any]) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for field in list_objects(details, "loginFields"):
        name = get_text(field, "designation") or get_text(field, "name", "id") or "field"
        found.setdefault(name, to_text(field.get("value")))
    if password := get_text(details, "password"):
        found.setdefault("password", password)
    urls = [get_text(url, "url") for url in list_objects(overview, "urls")] or [get_text(overview, "url")]
    for number, url in enumerate(dict.fromkeys(urls), 1):
        found.setdefault("url" if number == 1 else f"url-{number}", url)
    names = UniqueNames(found)
    for section in list_objects(details, "sections"):
        for field in list_objects(section, "fields"):
            _add_field(found, names, get_text(section, "title"), field)
    found.setdefault("notes", get_text(details, "notesPlain"))
    yield from found.items()


def _add_field(found: dict[str, str], names: UniqueNames, section: str, field: dict[str, Any]) -> None:
    """Adds a field of a section. A name that is taken gets the section's before it, then a number."""
    kind, value = next(iter(get_object(field, "value").items()), ("", None))
    text = _to_text(value)
    if not text or kind in NOT_TEXT:
        return
    name = "otp" if kind == "totp" and "otp" not in found else get_text(field, "title", "id") or "field"
    if name in found and section:
        name = f"{section} {name}"
    found[names.choose(name)] = text


def _to_text(value: Any) -> str:
    """The value of a field: of an object its main member, otherwise what it has as JSON."""
    if not isinstance(value, Mapping):
        return to_text(value)
    return get_text(value, "email_address", "privateKey", "private_key") or \
        strict_json.format_json({name: each for name, each in value.items() if each})


def _list_attachments(details: dict[str, Any], archive: ZipReader) -> Iterator[Attachment]:
    files = [get_object(details, "documentAttributes")]
    files += [get_object(get_object(field, "value"), "file") for section in list_objects(details, "sections")
              for field in list_objects(section, "fields")]
    for each in files:
        name, id = get_text(each, "fileName"), get_text(each, "documentId")
        path = f"{FILES}{id}__{name}"
        if id and path in archive.names:
            yield Attachment(name, archive.read(path))
