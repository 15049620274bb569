"""`SourceFile`: a file or folder to import, and the views of its content that recognisers look at.

Each view is made once, when it is first used. A view is None if the content is not of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from smtui.text import strict_json
from smtui.text.interruption import check_interruption
from smtui.text.strict_json import StrictJsonError
from smtui.transfer import zip_reader
from smtui.transfer.dotenv import DEFAULTS, EnvOptions
from smtui.transfer.errors import UnreadableFileError
from smtui.transfer.zip_reader import ZipReader

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
BYTE_ORDER_MARK = "\ufeff"
MAX_DOCUMENTS = 100_000
_SPACE = re.compile(r"[\s\x1e]*")
_INI = re.compile(r"(?:[ \t]*(?:[#;][^\n]*)?\r?\n)*+[ \t]*\[[^\[\]{}\"\n]+\][ \t]*(?:[#;][^\n]*)?\r?\n"
                  r"(?:[ \t]*(?:[#;][^\n]*)?\r?\n)*+[ \t]*[A-Za-z_][^\n=:]{0,200}[=:]")
_YAML_KEY = re.compile(r"^(?:---|[A-Za-z_\"'][^\n]{0,200}?:(?:\s|$))", re.MULTILINE)


class SourceFile:
    """The content of a file, or a folder. Its `repr` has no content.

    Attributes:
        name: the name in messages.
        raw: the bytes of a file; empty for a folder.
        path: where it lies; None for standard input.
        is_folder: whether it is a folder.
        env_options: how a `.env` file is read.
    """

    def __init__(
        self, raw: bytes, name: str, path: Path | None = None, *, is_folder: bool = False,
        env_options: EnvOptions = DEFAULTS,
    ) -> None:
        self.raw = raw
        self.name = name
        self.path = path
        self.is_folder = is_folder
        self.env_options = env_options
        self._yaml_problem = ""

    def replace_content(self, raw: bytes) -> SourceFile:
        """This file with what was encrypted in it."""
        return SourceFile(raw, self.name, self.path, env_options=self.env_options)

    @cached_property
    def text(self) -> str | None:
        """The text: UTF-8, or UTF-16 with its byte order mark, which is removed. None with NUL characters."""
        try:
            text = self.raw.decode("utf-16" if self.raw[:2] in UTF_16_MARKS else "utf-8")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text.removeprefix(BYTE_ORDER_MARK)

    def require_text(self) -> str:
        """The text. Raises UnreadableFileError, with the line that is not text."""
        if self.text is not None:
            return self.text
        try:
            text = self.raw.decode()
        except UnicodeDecodeError as error:
            line = self.raw.count(b"\n", 0, error.start) + 1
            raise self._make_text_error(f": this is not UTF-8 text (line {line})") from None
        line = text.count("\n", 0, text.find("\0")) + 1
        raise self._make_text_error(f", line {line}: a NUL character is not allowed")

    def _make_text_error(self, reason: str) -> UnreadableFileError:
        """The error for what is not text, with what to do with it."""
        return UnreadableFileError(f"{self.name}{reason}.", hint=(
            f"Nothing was imported. To store it as one secret: smtui set NAME --binary --file {self.name}. To import "
            f"text in another encoding: iconv -f ENCODING -t UTF-8 {self.name} | smtui import -"))

    @property
    def looks_like_json(self) -> bool:
        """Whether the text begins like a JSON object or list."""
        return self.text is not None and self.text.lstrip()[:1] in ("{", "[")

    @cached_property
    def json_documents(self) -> list[Any] | None:
        """The JSON documents: one, or several after one another or one on each line."""
        try:
            return self.parse_json()
        except StrictJsonError:
            return None

    def parse_json(self) -> list[Any]:
        """The JSON documents of the file. Raises StrictJsonError."""
        text = self.text or ""
        if not self.looks_like_json:
            raise StrictJsonError("not JSON: it begins with another character")
        documents: list[Any] = []
        at = _skip_space(text, 0)
        while at < len(text):
            check_interruption()
            document, at = strict_json.parse_first_value(text, at)
            documents.append(document)
            at = _skip_space(text, at)
            if len(documents) > MAX_DOCUMENTS:
                raise StrictJsonError(f"more than {MAX_DOCUMENTS:,} documents")
        return documents

    @property
    def json(self) -> Any:
        """The JSON document, if there is exactly one."""
        documents = self.json_documents
        return documents[0] if documents and len(documents) == 1 else None

    @property
    def records(self) -> list[Any]:
        """Like `json_records`, of JSON or YAML."""
        return _merge_lists(self.documents)

    @property
    def json_records(self) -> list[Any]:
        """The JSON documents, with the items of each list in its place; empty for any other file."""
        return _merge_lists(self.json_documents or ())

    @cached_property
    def yaml_documents(self) -> list[Any] | None:
        """The YAML documents, without empty ones. JSON does not count."""
        if self.text is None or self.looks_like_json or not _YAML_KEY.search(self.text):
            return None
        from smtui.transfer import yaml_reader

        try:
            return yaml_reader.parse_documents(self.text, self.name)
        except yaml_reader.UnsupportedYamlError as error:
            self._yaml_problem = str(error).removeprefix(f"{self.name}: ")
        except yaml_reader.YamlError:
            pass
        return None

    @property
    def yaml_problem(self) -> str:
        """Why YAML is not read that may be valid; empty for any other text."""
        return "" if self.yaml_documents else self._yaml_problem

    @property
    def is_ini(self) -> bool:
        """Whether the first line that is no comment is `[SECTION]`, and a line below it `NAME = value`."""
        return self.text is not None and _INI.match(self.text) is not None

    @property
    def documents(self) -> list[Any]:
        """The documents of a JSON or YAML file; empty for any other."""
        found = self.json_documents if self.looks_like_json else self.yaml_documents
        return found or []

    @cached_property
    def zip(self) -> ZipReader | None:
        """The members of a ZIP file; None if it is none, or cannot be read."""
        if not self.raw.startswith(zip_reader.SIGNATURE):
            return None
        try:
            return ZipReader(self.raw, self.name)
        except UnreadableFileError:
            return None

    @property
    def first_line(self) -> str:
        """The first line that has a character; empty if there is none."""
        for line in (self.text or "")[:4096].splitlines():
            if line.strip():
                return line.strip()
        return ""


def _merge_lists(documents: Sequence[Any]) -> list[Any]:
    return [each for document in documents for each in (document if isinstance(document, list) else [document])]


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
