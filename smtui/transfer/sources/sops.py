"""SOPS: encrypted YAML, JSON, .env and INI files, decrypted by the program `sops` where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

from smtui.system.inheritance import build_command_environment
from smtui.system.subprocesses import run_program
from smtui.transfer.errors import UnknownSourceError
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey

SECONDS = 60
_ENV_MARK = re.compile(r"^sops_(?:mac|version|lastmodified)=", re.MULTILINE)
_INI_MARK = re.compile(r"^\[sops\][ \t]*\r?$", re.MULTILINE)


def recognise(file: SourceFile) -> bool:
    return _find_type(file) is not None


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnknownSourceError if `sops` is not installed or cannot decrypt the file."""
    kind = _find_type(file)
    program = shutil.which("sops")
    hint = f"Use: sops -d {file.name} | smtui import -"
    if program is None:
        raise UnknownSourceError(f"{file.name} is encrypted with SOPS, and the program sops is not installed.",
                                 hint=hint)
    command = [program, "--decrypt", "--input-type", str(kind), "--output-type", str(kind), "/dev/stdin"]
    try:
        plain = run_program(command, file.raw, seconds=SECONDS, environ=build_command_environment(), answers=True)
    except (OSError, subprocess.SubprocessError):
        raise UnknownSourceError(f"{file.name} is encrypted with SOPS, and sops cannot decrypt it.",
                                 hint=f"To see why: sops -d {file.name}") from None
    return SourceContent("SOPS file", inner=file.replace_content(plain), is_encrypted=True)


def _find_type(file: SourceFile) -> str | None:
    """The type of the file in the words of `sops`; None if it is not encrypted with it."""
    if file.text is None:
        return None
    if any(_has_metadata(each) for each in file.documents):
        return _find_json_type(file) if file.looks_like_json else "yaml"
    if _ENV_MARK.search(file.text):
        return "dotenv"
    return "ini" if _INI_MARK.search(file.text) else None


def _find_json_type(file: SourceFile) -> str:
    """`binary` for a file of any other kind, which SOPS puts into the member `data`. Its name decides, as in SOPS."""
    is_binary = isinstance(file.json, dict) and file.json.keys() == {"data", "sops"}
    return "binary" if is_binary and not file.name.endswith(".json") else "json"


def _has_metadata(document: Any) -> bool:
    about = document.get("sops") if isinstance(document, dict) else None
    return isinstance(about, dict) and bool({"mac", "version", "lastmodified"} & about.keys())
