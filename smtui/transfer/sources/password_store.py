"""Folders of pass, gopass and passage: a file for each secret, encrypted with OpenPGP or age.

`gpg` or `age` decrypts each; their own agents ask for passphrases. The first line is the password; `NAME: VALUE` lines
are fields, an `otpauth://` line is the one-time code, other lines are notes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from smtui.system.inheritance import build_command_environment
from smtui.system.paths import expand_home
from smtui.system.subprocesses import run_program
from smtui.transfer.entry import Value, make_unreadable_error
from smtui.transfer.errors import UnknownSourceError, UnreadableFileError
from smtui.transfer.item import Item, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import decode_base64, to_text
from smtui.transfer.yaml_reader import YamlError, parse_documents

GPG, AGE = ".gpg", ".age"
MARKS = (".gpg-id", ".age-recipients", ".age-identities", ".passage")
IDENTITIES = "~/.passage/identities"
SECONDS = 120
MAX_FILES = 20_000
MIME = "GOPASS-SECRET-1.0"
USER_NAMES = ("user", "login", "username")
_FIELD = re.compile(r"([A-Za-z][\w .-]{0,60}?):[ \t]+(.*)")


def recognise(file: SourceFile) -> bool:
    path = file.path
    return file.is_folder and path is not None and (
        any((path / mark).exists() for mark in MARKS) or any(path.glob(f"*{GPG}")) or any(path.glob(f"*{AGE}")))


def read(file: SourceFile, key: SourceKey) -> SourceContent:
    """Raises UnreadableFileError; UnknownSourceError if the program is not installed."""
    assert file.path is not None
    paths = sorted(path for path in file.path.rglob("*") if _is_secret(path, file.path))
    if len(paths) > MAX_FILES:
        raise make_unreadable_error(file.name, f"it has more than {MAX_FILES:,} files")
    content = SourceContent("password store", is_encrypted=True)
    for path in paths:
        name = path.relative_to(file.path).with_suffix("")
        content.items.append(_make_item(_decrypt(path, key), name, f"{file.name}, {name}"))
    return content


def _is_secret(path: Path, top: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(top).parts)
    return path.suffix in (GPG, AGE) and not hidden and path.is_file()


def _decrypt(path: Path, key: SourceKey) -> bytes:
    program = shutil.which("gpg" if path.suffix == GPG else "age")
    if program is None:
        raise UnknownSourceError(f"{path} is encrypted, and the program {'gpg' if path.suffix == GPG else 'age'} is "
                                 "not installed.")
    identities = str(key.key_path or expand_home(IDENTITIES))
    command = [program, "--batch", "--quiet", "--decrypt"] if path.suffix == GPG else \
        [program, "--decrypt", "--identity", identities]
    try:
        return run_program([*command, "--", str(path)] if path.suffix == GPG else [*command, str(path)],
                           seconds=SECONDS, environ=build_command_environment(), answers=True)
    except (OSError, subprocess.SubprocessError):
        raise UnreadableFileError(f"{path} cannot be decrypted. Nothing was imported.",
                                  hint=f"To see why: {' '.join(command)} {path}") from None


def _make_item(raw: bytes, name: Path, place: str) -> Item:
    folder, id = name.parts[:-1], str(name)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Item(name.name, place, folder, value=raw, id=id)
    if text.startswith("-----BEGIN "):
        return Item(name.name, place, folder, value=text, id=id)
    if text.startswith(MIME):
        text = _read_mime(text)
    whole = _read_binary(text, place)
    if whole is not None:
        return Item(name.name, place, folder, value=whole, id=id)
    return Item(name.name, place, folder, parse_secret(text), id=id)


def parse_secret(text: str) -> dict[str, str]:
    """The fields of a secret in the form of pass: the password, fields, one-time code, and the rest as notes."""
    first, _, rest = text.partition("\n")
    body, separator, document = f"\n{rest}".partition("\n---\n")
    fields = {"password": first.rstrip("\r")}
    notes = []
    for line in body.splitlines():
        if line.strip().startswith("otpauth://"):
            fields.setdefault("otp", line.strip())
        elif (match := _FIELD.fullmatch(line.strip())) and _name_field(match[1]) not in fields:
            fields[_name_field(match[1])] = match[2].strip()
        else:
            notes.append(line)
    if separator:
        fields |= _read_yaml(document, notes)
    if remark := "\n".join(notes).strip():
        fields["notes"] = f"{fields['notes']}\n{remark}" if "notes" in fields else remark
    return fields


def _name_field(name: str) -> str:
    lower = name.lower()
    return "username" if lower in USER_NAMES else lower if lower in ("url", "notes", "otp", "totp") else name


def _read_yaml(document: str, notes: list[str]) -> dict[str, str]:
    """The fields below `---`; what is no mapping becomes part of the notes."""
    try:
        found = parse_documents(document, "")
    except YamlError:
        found = []
    if len(found) == 1 and isinstance(found[0], dict):
        return {_name_field(name): to_text(value) for name, value in found[0].items()}
    notes.append(document)
    return {}


def _read_mime(text: str) -> str:
    """Turns the format of gopass 1.9 to 1.11, with a header, into that of pass."""
    head, _, body = text.partition("\n\n")
    lines = head.splitlines()[1:]
    password = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("password:")), "")
    others = [line for line in lines if not line.lower().startswith("password:")]
    return "\n".join([password, *others, *([body] if body else [])])


def _read_binary(text: str, place: str) -> Value | None:
    """The content of a file that gopass has stored as base64; None for any other secret."""
    head, _, body = text.partition("\n\n")
    if "content-transfer-encoding: base64" not in head.lower():
        return None
    return decode_base64(body, place)
