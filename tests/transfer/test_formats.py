"""Recognising what a file is, by its content, and refusing what is not known."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import pytest

from smtui.transfer import formats
from smtui.transfer.errors import TransferError, UnknownSourceError, UnreadableFileError
from smtui.transfer.formats import ImportFormat
from smtui.transfer.source_file import SourceFile
from smtui.transfer.sources import password_store
from tests.transfer.sources.samples import FOREIGN, SAMPLES


def test_the_format_is_seen() -> None:
    for text in ("A=1\n", '\n {"A": "1"}', "\ufeffA=1", '\ufeff{"A": "1"}'):
        assert [(entry.name, entry.value) for entry in formats.parse(text.encode(), "f").entries] == [("A", "1")]


@pytest.mark.parametrize("name", SAMPLES)
def test_exactly_one_source_claims_each_sample(name: str) -> None:
    raw, format = SAMPLES[name]

    assert [source.format for source in formats.find_claims(SourceFile(raw, name))] == [format]


def test_every_source_has_a_sample() -> None:
    """Folders have theirs in `test_stores.py`; YAML in general is read only on demand."""
    of_folders = {ImportFormat.PASS_STORE, ImportFormat.FOLDER}

    assert {format for _, format in SAMPLES.values()} == {*ImportFormat} - of_folders - {ImportFormat.YAML}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_program_is_refused_with_the_command_that_works(name: str) -> None:
    raw, advice = FOREIGN[name]

    with pytest.raises(UnknownSourceError) as caught:
        formats.parse(raw, "some.file")

    assert "some.file" in str(caught.value)
    assert advice in caught.value.hint


@pytest.mark.parametrize("text", [
    '{"a": {"b": "hunter2"}}', '{"a": ["hunter2"]}', '{"a": null}', '{"a b": "hunter2"}', '{"ü": "hunter2"}',
    '["hunter2"]', '[{"a": "hunter2"}]', "hunter2", "some prose, hunter2", "key: hunter2\n", "a\tb\n",
    '{"a": 1}{"b": 2}',
])  # fmt: skip
def test_what_could_be_anything_is_not_guessed(text: str) -> None:
    with pytest.raises(UnknownSourceError) as caught:
        formats.parse(text.encode(), "f")

    assert "f is " in str(caught.value)
    assert caught.value.hint
    assert "hunter2" not in str(caught.value) + caught.value.hint


def test_an_object_of_objects_is_read_on_demand() -> None:
    read = formats.parse(b'{"a": {"b": 1}, "c": "d"}', "f", ImportFormat.JSON)

    assert [(entry.name, entry.value) for entry in read.entries] == [("a", '{"b":1}'), ("c", "d")]


@pytest.mark.parametrize(("text", "reason"), [
    ("a: &a [x, x]\nb: [*a, *a]\n", "aliases"), ("kind: Secret\na: &a {b: c}\nc: *a\n", "aliases"),
    (f"a: {'[' * 200}{']' * 200}\n", "deeper than 64 levels"),
    ("".join(f"{'  ' * depth}k:\n" for depth in range(200)), "deeper than 64 levels"),
    ("a: 1\na: 2\n", "given twice"), ("a: !!python/object:os.system x\nb: !x y\n", "a tag"),
])  # fmt: skip
@pytest.mark.parametrize("format", [None, ImportFormat.KUBERNETES])
def test_yaml_that_is_not_read_says_why(text: str, reason: str, format: ImportFormat | None) -> None:
    with pytest.raises(UnknownSourceError, match=f"f is YAML in no format that smtui knows: .*{reason}"):
        formats.parse(text.encode(), "f", format)


@pytest.mark.parametrize("text", [
    "[default]\nuser = a\n", "; a comment\r\n\r\n[client]\r\npassword=x\r\n", "[a]\n# c\n\nkey: x\n",
    "[1]\nx = 3\n",
])  # fmt: skip
def test_an_ini_file_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(UnknownSourceError, match="f is an INI file with sections") as caught:
        formats.parse(text.encode(), "f")

    assert "smtui set NAME --file f" in caught.value.hint


def test_a_zip_file_of_another_kind_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    with ZipFile(raw, "w") as archive:
        archive.writestr("credentials.csv", "x")

    with pytest.raises(UnknownSourceError, match="is a ZIP file in no format that smtui knows") as caught:
        formats.parse(raw.getvalue(), "f")
    assert "Unpack it" in caught.value.hint
    with pytest.raises(UnreadableFileError, match="damaged ZIP"):
        formats.parse(raw.getvalue()[:40], "f")
    monkeypatch.setattr("smtui.transfer.zip_reader.MAX_MEMBERS", 0)
    with pytest.raises(UnreadableFileError, match="more than 0 members"):
        formats.parse(raw.getvalue(), "f")


def test_a_section_below_variables_is_named() -> None:
    with pytest.raises(UnreadableFileError, match=r"line 2: expected NAME=value, not \[SECTION\]"):
        formats.parse(b"A=1\n[prod]\nA=2\n", "f")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"A=1\nB=\xff\xfe\n", "line 2"),
        (b"\xff\xfeA\x00=\x001", "not UTF-8"),
        (b"A=1\n\nB=a\0b\n", "line 3: a NUL"),
        (b'{"a": "b"', "not JSON"),
        (b'{"a": "b", "a": "c"}', "duplicate key"),
    ],
)
def test_what_is_not_valid_is_refused_with_its_line(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        formats.parse(raw, "f")


@pytest.mark.parametrize("raw", [b"%PDF-1.4\n%\xe2\xe3\n", b"\x89PNG\r\n\0", b"A=gr\xfc\xdfe\n", b"A=1\0"])
def test_what_is_not_text_says_how_to_store_or_convert_it(raw: bytes) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        formats.parse(raw, "f")

    assert "smtui set NAME --binary --file f" in caught.value.hint
    assert "iconv" in caught.value.hint


@pytest.mark.parametrize("format", ImportFormat)
def test_a_format_that_the_file_is_not_in_is_refused(format: ImportFormat) -> None:
    for raw in (b"", b"\0\xff", b"[]", b"{}", b"{", b"PK\x03\x04", b"---\n- 1\n"):
        try:
            assert [entry.value for entry in formats.parse(raw, "f", format).entries] == []
        except TransferError as error:
            assert str(error).startswith("f")


def test_a_file_is_described_without_being_opened_by_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_store, "run_program", None)
    (tmp_path / ".gpg-id").write_text("x")
    (tmp_path / "a.gpg").write_bytes(b"x")
    (tmp_path / "f.env").write_text("A=1\n")
    (tmp_path / "bad.json").write_text("{")

    assert formats.describe_file(tmp_path) == "pass, gopass and passage, encrypted"
    assert formats.describe_file(tmp_path / "f.env") == ".env file, 1 secret"
    assert formats.describe_file(tmp_path / "bad.json").startswith("not JSON")
    assert formats.describe_file(tmp_path / "nothing") == ""
