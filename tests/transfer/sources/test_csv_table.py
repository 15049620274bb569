"""CSV exports: one reader, and a table of headers."""

from __future__ import annotations

import json

import pytest

from smtui.transfer import formats
from smtui.transfer.errors import UnknownSourceError, UnreadableFileError
from smtui.transfer.mapping import MappingOptions
from smtui.transfer.source_file import SourceFile
from smtui.transfer.sources.csv_columns import KINDS
from tests.transfer.sources.samples import CSV


def read(text: str, **options: bool) -> formats.FileContent:
    return formats.read_source(SourceFile(text.encode(), "f.csv"), options=MappingOptions(**options))


LOGIN = {"username": "ann", "password": "pw", "url": "https://a.example"}


@pytest.mark.parametrize(("origin", "expected"), [
    ("chrome", {"a.example/ann": {**LOGIN, "password": 'p,w"1', "url": "https://a.example/login"},
                "com.app/bob": {"username": "bob", "password": "x", "url": "android://hash@com.app/"}}),
    ("firefox", {"a.example/ann": LOGIN}),
    ("lastpass", {"Work/Mail/Box": {**LOGIN, "password": "p&w", "notes": "note"}, "A-note": "the text"}),
    ("1password", {"Box": {**LOGIN, "otp": "otpauth://totp/x", "notes": "n"}}),
    ("apple-passwords", {"Box": LOGIN}),
    ("dashlane", {"Work/Box": {**LOGIN, "otp": "JBSW", "username2": "second"}}),
    ("keepassxc", {"Mail/Box": {**LOGIN, "notes": "two\nlines"}}),
    ("nordpass", {"Work/Box": LOGIN}),
    ("keeper", {"Work/Box": LOGIN}),
    ("bitwarden", {"Work/Box": {**LOGIN, "otp": "JBSW", "PIN": "42", "Code": "7"}}),
    ("proton-pass", {"Work/Box": {**LOGIN, "email": "ann@a.example"}}),
    ("csv", {"Box": {"password": "pw", "color": "blue"}}),
])
def test_each_export_becomes_logins(origin: str, expected: dict[str, object]) -> None:
    entries = read(CSV[origin], trash=True).entries

    values = {entry.name: str(entry.value) for entry in entries}
    assert {name: json.loads(value) if value.startswith("{") else value for name, value in values.items()} == expected
    assert {"Key": "imported-from", "Value": origin} in entries[0].metadata["Tags"]


def test_every_kind_has_a_sample_or_is_named_here() -> None:
    assert {kind.origin for kind in KINDS} - CSV.keys() == {"roboform", "keepass-1"}


def test_what_is_archived_stays_behind_and_labels_become_tags() -> None:
    assert [str(each) for each in read(CSV["1password"]).left_behind] == ["1 archived item (--trash imports it)"]
    tags = [tag["Key"] for tag in read(CSV["1password"], trash=True).entries[0].metadata["Tags"]]
    assert tags == ["home", "mail", "imported-from"]


def test_html_entities_are_counted_and_kept() -> None:
    assert "1 row with HTML entities" in read(CSV["lastpass"]).notes[0]


def test_names_and_values_of_any_delimiter() -> None:
    for text in ("key,value\nA,x\n", "Key\tValue\r\nA\tx\r\n", "\ufeffkey;value\nA;x"):
        assert [(entry.name, entry.value) for entry in read(text).entries] == [("A", "x")]


@pytest.mark.parametrize(("text", "reason"), [
    ("name,url,username,password\na,b,c,hunter2,e\n", "line 2: it has 5 cells"),
    ('name,url,username,password\na,b,c,"hunter2\n', "not valid CSV"),
    ('name,url,username,password\na,b,c,"hunter"2\n', "line 2: it is not valid CSV"),
])
def test_a_broken_table_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason) as caught:
        read(text)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["a,b,c\n1,2,3\n", "name,name,password\n", "password\nx\n", "url;title\n"])
def test_a_table_of_something_else_is_unknown(text: str) -> None:
    with pytest.raises(UnknownSourceError):
        read(text)


@pytest.mark.parametrize(("password", "kept"), [
    ("a&amp;lt;b", "a&lt;b"), ("&lt;a&gt;", "<a>"), ("&amp;amp;", "&amp;"),
])
def test_lastpass_entities_are_decoded_once(password: str, kept: str) -> None:
    header = "url,username,password,extra,name,grouping,fav\n"
    read_all = read(f"{header}https://a.example,ann,{password},,Box,,0\nhttps://b.example,bob,&amp;,,B,,0\n")
    assert json.loads(str(read_all.entries[0].value))["password"] == kept
    assert "They are decoded" in read_all.notes[0]


def test_lastpass_text_that_is_not_encoded_stays_as_it_is() -> None:
    """A bare & or < in one cell shows that this export does not encode them, so that an entity is typed text."""
    header = "url,username,password,extra,name,grouping,fav\n"
    read_all = read(f"{header}https://a.example,ann,p&amp;w,,Box,,0\nhttps://b.example,bob,a&b,,B,,0\n")
    assert json.loads(str(read_all.entries[0].value))["password"] == "p&amp;w"
    assert "imported unchanged" in read_all.notes[0]


@pytest.mark.parametrize("line", [
    '"Mail","Box","ann","pw","https://a.example","note",""', "Box,https://a.example,ann,,pw,note",
], ids=["Keeper", "Dashlane"])
def test_logins_without_a_header_are_refused_with_what_to_do(line: str) -> None:
    """The columns cannot be told from the cells: a user name could be taken for a password."""
    with pytest.raises(UnknownSourceError, match="without a line that names its columns") as refused:
        read(f"{line}\n{line}\n")
    assert "folder,title,login,password" in refused.value.hint


def test_the_header_that_is_advised_for_keeper_is_read() -> None:
    header = "folder,title,login,password,website address,notes,shared folder\n"
    [entry] = read(f'{header}"Mail","Box","ann","pw","https://a.example","note",""\n').entries
    assert entry.name == "Mail/Box"
    assert json.loads(str(entry.value)) == {**LOGIN, "notes": "note"}


def test_a_long_note_is_a_cell_like_any_other() -> None:
    """A value beyond the limit of AWS is then named in the plan."""
    [entry] = read(f"name,url,username,password,note\nBox,,ann,pw,{'x' * 200_000}\n").entries
    assert len(json.loads(str(entry.value))["notes"]) == 200_000
