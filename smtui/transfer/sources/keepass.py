"""KeePass 2 and KeePassXC: databases (.kdbx, versions 3.1 and 4), and their XML export.

References to other entries are resolved. Attachments and older values come along on demand; the recycle bin counts as
trash. Hardware keys are not supported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from xml.etree.ElementTree import Element

from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.errors import SourcePassphraseError, UnreadableFileError
from smtui.transfer.item import STANDARD_FIELDS, Attachment, Item, ItemState, LeftBehind, SourceContent
from smtui.transfer.kdbx.errors import KdbxError, WrongKeyError
from smtui.transfer.kdbx.header import SIGNATURE
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import decode_base64

if TYPE_CHECKING:
    from smtui.transfer.kdbx.container import Database

XML_ROOT = b"<KeePassFile"
STANDARD = {"UserName": "username", "Password": "password", "URL": "url", "Notes": "notes", "otp": "otp",
            "TimeOtp-Secret-Base32": "otp", "TOTP Seed": "otp"}
"""The names of standard fields, and ours for them."""
TITLE = "Title"
MAX_DEPTH = 64
MAX_REFERENCES = 10
"""References that lead from one to the next."""
MAX_INSERTED = 1 << 22
"""Characters that all references of a file insert; each counts as one more."""
HARDWARE_HINT = "A database that also needs a hardware key (YubiKey) cannot be opened: remove that in KeePassXC first."
_REFERENCE = re.compile(r"\{REF:([TUPANI])@([TUPANI]):([^{}]*)\}", re.IGNORECASE)
_REFERRED = {"T": TITLE, "U": "UserName", "P": "Password", "A": "URL", "N": "Notes"}
_SEPARATORS = re.compile(r"[;,]")


def recognise(file: SourceFile) -> bool:
    return file.raw.startswith(SIGNATURE) or \
        (file.raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and XML_ROOT in file.raw[:1024])


def read(file: SourceFile, key: SourceKey) -> SourceContent:
    """Raises UnreadableFileError; SourcePassphraseError if `key` does not open the database."""
    from smtui.transfer.kdbx.container import parse_export

    try:
        if not file.raw.startswith(SIGNATURE):
            return _make_content(file, "KeePass XML export", *parse_export(file.raw))
        found = _decrypt(file.raw, key.require_passphrase(file.name), key.key_file)
    except WrongKeyError:
        raise SourcePassphraseError(file.name, is_wrong=True, hint=HARDWARE_HINT) from None
    except KdbxError as error:
        raise UnreadableFileError(f"{file.name}: {error}.", hint=error.hint or "Nothing was imported.") from None
    content = _make_content(file, f"KeePass {found.major} database", found.root, found.attachments)
    content.is_encrypted = True
    return content


def _decrypt(raw: bytes, passphrase: str, key_file: bytes | None) -> Database:
    """Opens a database. An empty passphrase beside a key file may also mean that the key file alone is the key."""
    from smtui.transfer.kdbx.container import decrypt
    from smtui.transfer.kdbx.keys import combine_keys

    if key_file is not None and not passphrase:
        with suppress(WrongKeyError):
            return decrypt(raw, combine_keys(None, key_file))
    return decrypt(raw, combine_keys(passphrase, key_file))


def _make_content(
    file: SourceFile, what: str, root: Element, attachments: Mapping[str, bytes]
) -> SourceContent:
    reader = _Reader(file.name, root, attachments)
    items = [*reader.list_items()]
    groups = len({item.folder for item in items})
    described = f"{what} with {len(items):,} {'entry' if len(items) == 1 else 'entries'} in {groups:,} " \
                f"group{'' if groups == 1 else 's'}"
    content = SourceContent(described, items=items)
    if reader.unresolved:
        content.left_behind.append(LeftBehind(
            reader.unresolved, "reference to another entry that does not exist",
            "references to other entries that do not exist"))
    return content


@dataclass
class _Reader:
    """Reads the entries of one document."""

    file: str
    root: Element = field(repr=False)
    attachments: Mapping[str, bytes] = field(repr=False)
    unresolved: int = 0
    inserted: int = 0

    def list_items(self) -> Iterator[Item]:
        self.texts = [(_get_id(each), _read_strings(each)) for each in self.root.iterfind(".//Group/Entry")]
        self.by_id = dict(self.texts)
        self.by_field: dict[str, dict[str, tuple[str, Mapping[str, str]]]] = {}
        top = self.root.find("./Root/Group")
        bin_id = self.root.findtext("./Meta/RecycleBinUUID") or ""
        groups: list[tuple[Element, tuple[str, ...], ItemState]] = \
            [(top, (), ItemState.ACTIVE)] if top is not None else []
        number = 0
        while groups:
            group, folder, state = groups.pop()
            for entry in group.findall("Entry"):
                number += 1
                yield self._make_item(entry, folder, state, f"{self.file}, entry {number}")
            inner = [(each, (*folder, each.findtext("Name") or "group"),
                      ItemState.TRASHED if bin_id and each.findtext("UUID") == bin_id else state)
                     for each in group.findall("Group")]
            if len(folder) > MAX_DEPTH:
                raise make_unreadable_error(self.file, f"groups are nested deeper than {MAX_DEPTH} levels")
            groups += reversed(inner)

    def _make_item(self, entry: Element, folder: tuple[str, ...], state: ItemState, place: str) -> Item:
        texts = _read_strings(entry)
        tags = [tag.strip() for tag in _SEPARATORS.split(entry.findtext("Tags") or "")]
        return Item(
            self._resolve(texts.get(TITLE, "")), place, folder, self._make_fields(texts),
            tags={tag: "" for tag in tags if tag}, id=_get_id(entry), state=state,
            history=[self._make_fields(_read_strings(older)) for older in entry.findall("./History/Entry")],
            attachments=[*self._list_attachments(entry, place)],
        )

    def _make_fields(self, texts: Mapping[str, str]) -> dict[str, str]:
        fields: dict[str, str] = {}
        for name, text in texts.items():
            if name != TITLE and text:
                fields.setdefault(STANDARD.get(name, name), _read_otp(name, self._resolve(text)))
        return {name: fields[name] for name in STANDARD_FIELDS if name in fields} | fields

    def _resolve(self, text: str, depth: int = 0) -> str:
        """The text with its references to other entries replaced; one that leads nowhere stays."""
        if "{REF:" not in text.upper() or depth > MAX_REFERENCES:
            return text

        def replace(match: re.Match[str]) -> str:
            found = self._find(match[2].upper(), match[3])
            if found is None:
                self.unresolved += 1
                return match[0]
            id, texts = found
            replacement = id if match[1].upper() == "I" else \
                self._resolve(texts.get(_REFERRED[match[1].upper()], ""), depth + 1)
            self.inserted += len(replacement) + 1
            if self.inserted > MAX_INSERTED:
                raise make_unreadable_error(
                    self.file, f"its references to other entries insert more than {MAX_INSERTED:,} characters")
            return replacement

        return _REFERENCE.sub(replace, text)

    def _find(self, by: str, wanted: str) -> tuple[str, Mapping[str, str]] | None:
        if by == "I":
            id = wanted.lower()
            return (id, self.by_id[id]) if id in self.by_id else None
        if by not in self.by_field:
            name = _REFERRED[by]
            self.by_field[by] = {texts[name]: (id, texts) for id, texts in reversed(self.texts) if name in texts}
        return self.by_field[by].get(wanted)

    def _list_attachments(self, entry: Element, place: str) -> Iterator[Attachment]:
        for binary in entry.findall("Binary"):
            value = binary.find("Value")
            if value is None:
                continue
            held = self.attachments.get(value.get("Ref", ""))
            if held is None and value.text:
                held = decode_base64(value.text, place)
            if held is not None:
                yield Attachment(binary.findtext("Key") or "attachment", held)


def _read_strings(entry: Element) -> dict[str, str]:
    return {string.findtext("Key") or "": string.findtext("Value") or "" for string in entry.findall("String")}


def _get_id(entry: Element) -> str:
    """The UUID of an entry, in hexadecimal digits."""
    try:
        return decode_base64(entry.findtext("UUID") or "", "").hex()
    except UnreadableFileError:
        return ""


def _read_otp(name: str, text: str) -> str:
    """The seed in the settings of the plug-in KeeOtp, `key=...&size=6`; any other text unchanged."""
    return parse_qs(text).get("key", [text])[0] if name == "otp" and text.startswith("key=") else text
