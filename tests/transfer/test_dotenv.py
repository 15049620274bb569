"""Reading `.env` files: the value of each line, and a clear sentence for a line that has none."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.transfer import dotenv
from smtui.transfer.dotenv import EnvOptions
from smtui.transfer.errors import UnreadableFileError


def env(text: str) -> dict[str, str | bytes]:
    return {entry.name: entry.value for entry in dotenv.parse(text, ".env")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1", "1"),
        ("A=1\n", "1"),
        ("  A = 1  \n", "1"),
        ("export A=1", "1"),
        ("export\tA=1", "1"),
        ("A=", ""),
        ("A=   # nothing", ""),
        ("A=''", ""),
        ("A=a b  c", "a b  c"),
        ("A=a # comment", "a"),
        ("A=a#b", "a#b"),
        ("A=#fff", "#fff"),
        ("A=it's", "it's"),
        ("A=a=b==", "a=b=="),
        ("A=$HOME and ${X}", "$HOME and ${X}"),
        ("A=a\\nb", "a\\nb"),
        ("A='a # b'", "a # b"),
        ("A='a\\nb' # comment", "a\\nb"),
        ("A='line 1\nline 2'", "line 1\nline 2"),
        ('A="a\\nb\\t\\"c\\" \\$x \\\\ \\z"', 'a\nb\t"c" $x \\ \\z'),
        ('A="-----BEGIN KEY-----\nabc\n-----END KEY-----"\n', "-----BEGIN KEY-----\nabc\n-----END KEY-----"),
        ('A="line 1\r\nline 2"\r\n', "line 1\nline 2"),
        ("A=`it's \"both\"`", "it's \"both\""),
        ('A="it\'s"', "it's"),
        ("A=ü 漢 🔑", "ü 漢 🔑"),
        ("# c\n\n \t\n#\nA=1\n#", "1"),
    ],
)
def test_one_variable(text: str, value: str) -> None:
    assert env(text) == {"A": value}


def test_a_real_file() -> None:
    text = (
        "# database\r\nexport DB_HOST=localhost\r\nDB_PASS='p#ss w0rd'   # quoted\r\n\r\n"
        'DB_KEY="-----BEGIN\r\nabc\r\n-----END"\r\nDB.URL=postgres://u:p@h/db?x=y\r\nEMPTY=\r\n'
    )

    assert env(text) == {
        "DB_HOST": "localhost", "DB_PASS": "p#ss w0rd", "DB_KEY": "-----BEGIN\nabc\n-----END",
        "DB.URL": "postgres://u:p@h/db?x=y", "EMPTY": "",
    }


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("A=1\nhunter2", 2, "expected NAME=value"),
        ("A=1\n=hunter2", 2, "expected NAME=value"),
        ("A=1\nB: hunter2", 2, "expected NAME=value"),
        ("A=1\nexport hunter2", 2, "expected NAME=value"),
        ('A=1\n\nB="hunter2\n\n', 3, "never closed"),
        ("B='hunter2", 1, "never closed"),
        ("B='hunter'2", 1, "unexpected text after"),
        ('A="1\n2"\nB="hunter" 2 # x', 3, "unexpected text after"),
        ("ü=hunter2", 1, "expected NAME=value"),
    ],
)
def test_what_is_unclear_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    """And never with what stands on it."""
    with pytest.raises(UnreadableFileError) as caught:
        dotenv.parse(text, ".env")

    assert f".env, line {line}" in str(caught.value)
    assert reason in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_equal_duplicates_pass_and_others_are_named() -> None:
    assert env("A=1\nB=2\nA='1'\n") == {"A": "1", "B": "2"}
    with pytest.raises(UnreadableFileError, match=r"\.env, line 3: A is given twice, first at \.env, line 1") as caught:
        dotenv.parse("A=hunter2\nB=2\nA=3\n", ".env")
    assert "--last" in str(caught.value)
    assert "hunter" not in str(caught.value)
    last = dotenv.parse_file("A=1\nB=2\nA=3\n", ".env", EnvOptions(last=True)).entries
    assert {entry.name: entry.value for entry in last} == {"A": "3", "B": "2"}


@pytest.mark.parametrize("text", [
    "A=1\rB='x\ry'\r", "A=1\r\nB='x\r\ny'\r\n", "A=1\nB='x\ny'", "\rA=1\r\r\nB='x\ny'"])
def test_every_line_end_counts(text: str) -> None:
    assert env(text) == {"A": "1", "B": "x\ny"}


def test_a_name_alone_is_skipped_with_a_note_that_does_not_quote_it() -> None:
    """The line may be a part of a value that was pasted wrongly."""
    found = dotenv.parse_file("A=1\nFOO\nexport BAR # c\nB=2\n", "f")

    assert [entry.name for entry in found.entries] == ["A", "B"]
    assert found.notes == ["f, line 2: a name without = was skipped.", "f, line 3: a name without = was skipped."]


def test_references_are_counted_and_named() -> None:
    text = ("A=x\nB=${A}/y\nC='${A}'\nD=\"z${A:-w}\"\nE=op://vault/item/field\nF=encrypted:BDqDBibm4wsYqMpCjTQ6\n"
            "G=a$A\n")
    notes = dotenv.parse_file(text, "f").notes

    assert [note.rpartition(": ")[2] for note in notes] == ["B, D.", "E.", "F."]
    assert notes[0].startswith("f: 2 values that refer to other variables")
    assert "1Password" in notes[1]
    assert "dotenvx" in notes[2]


def test_references_are_expanded_on_demand() -> None:
    text = ('A=x\nB="${A}/$A \\$A"\nC=\'${A}\'\nD=${NO:-w}\nE=${EMPTY-v}\nF=\nG=${F:-d}${F-e}\n'
            "H=cost $5 $$\n")

    found = dotenv.parse_file(text, "f", EnvOptions(expand=True))
    assert {entry.name: entry.value for entry in found.entries} == {
        "A": "x", "B": "x/x $A", "C": "${A}", "D": "w", "E": "v", "F": "", "G": "d", "H": "cost $5 $$"}
    assert found.notes == []


def test_names_stay_as_they_are_and_get_capitals_on_demand() -> None:
    text = "TF_VAR_db_password=x\nhttp_proxy=${TF_VAR_db_password}\n"

    assert [*env(text)] == ["TF_VAR_db_password", "http_proxy"]
    found = dotenv.parse_file(text, "f", EnvOptions(upper=True, expand=True)).entries
    assert {entry.name: entry.value for entry in found} == {"TF_VAR_DB_PASSWORD": "x", "HTTP_PROXY": "x"}


def test_a_reference_to_nothing_is_refused_and_expansion_is_bounded() -> None:
    with pytest.raises(UnreadableFileError, match="line 1: it refers to B, which is not defined above it"):
        dotenv.parse_file("A=$B\nB=1\n", "f", EnvOptions(expand=True))
    lines = ["A0=" + "x" * 99] + [f"A{n}={f'$A{n - 1}' * 9}" for n in range(1, 12)]
    with pytest.raises(UnreadableFileError, match="longer than"):
        dotenv.parse_file("\n".join(lines), "f", EnvOptions(expand=True))


@pytest.mark.parametrize(("value", "line"), [
    ("abc-1./:@%+,=", "A=abc-1./:@%+,="), ("", "A="), ("a b", "A='a b'"), ("#x", "A='#x'"), ("it's", 'A="it\'s"'),
    ("$x", "A='$x'"), ("a\nb", "A='a\nb'"), ("~", "A='~'"), ("ü", "A='ü'"),
])  # fmt: skip
def test_values_that_need_no_quotes_are_written_without(value: str, line: str) -> None:
    assert dotenv.format_line("A", value) == f"{line}\n"
    assert env(dotenv.format_line("A", value)) == {"A": value}


def test_places_are_lines() -> None:
    entries = dotenv.parse('A="1\n2"\n# x\nB=3\n', "f")

    assert [entry.place for entry in entries] == ["f, line 1", "f, line 4"]


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))


@given(st.dictionaries(NAMES, TEXTS))
def test_what_is_written_between_double_quotes_comes_back(values: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    assert env("\n".join(f"{name}={quoted(value)}" for name, value in values.items())) == values


@given(st.dictionaries(NAMES, TEXTS.filter(lambda text: "'" not in text)))
def test_what_is_written_between_single_quotes_comes_back(values: dict[str, str]) -> None:
    assert env("\n".join(f"{name}='{value}' # c" for name, value in values.items())) == values


@given(st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_what_an_export_writes_comes_back(values: dict[str, str]) -> None:
    assert env("".join(dotenv.format_line(name, value) for name, value in values.items())) == values


@given(st.text(alphabet="A=\n\r\t '\"`#\\x"))
def test_no_text_does_worse_than_a_sentence(text: str) -> None:
    try:
        entries = dotenv.parse(text, "f")
    except UnreadableFileError as error:
        assert str(error).startswith("f, line ")
    else:
        assert all(entry.name for entry in entries)


def test_an_entry_does_not_show_its_value() -> None:
    assert "hunter2" not in repr(dotenv.parse("A=hunter2", "f"))


@pytest.mark.parametrize(("written", "value"), [
    (r"$'a\tb\nc'", "a\tb\nc"),
    (r"$'it\'s a \\ \"'", 'it\'s a \\ "'),
    (r"$'\x41\101\u00fc\U0001f511'", "AAü\U0001f511"),
    (r"$'\303\274 \xc3\xbc'", "ü ü"),
    (r"$'\e[1m\cA\q'", "\x1b[1m\x01\\q"),
    (r"$'${A} `x`' # comment", "${A} `x`"),
])
def test_values_in_ansi_c_quotes_are_decoded(written: str, value: str) -> None:
    for before in ("", "export ", "declare -x ", "typeset -x "):
        assert [(each.name, each.value) for each in dotenv.parse(f"{before}B={written}\n", "f")] == [("B", value)]


@pytest.mark.parametrize(("written", "reason"), [
    (r"$'\xff'", "not UTF-8"), (r"$'\ud800'", "not UTF-8"), (r"$'\U00110000'", "not UTF-8"), (r"$'a\0b'", "NUL"),
    (r"$'a\'", "never closed"), (r"$'a'b", "after the closing quote"),
])
def test_values_in_ansi_c_quotes_that_are_no_text_are_refused(written: str, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=rf"^f, line 2: .*{reason}"):
        dotenv.parse(f"A=1\nB={written}\n", "f")


def test_the_environment_as_bash_writes_it_is_read() -> None:
    """The output of `export -p`, made by bash itself."""
    bash = shutil.which("bash")
    assert bash
    environment = {"A": "tab\tand\nline", "B": "it's \\ \"$HOME\" `x`", "C": "ü \x1b[0m", "D": "plain"}
    written = subprocess.run([bash, "--norc", "-c", "export -p"], env=environment, capture_output=True, check=True)

    found = {each.name: each.value for each in dotenv.parse(written.stdout.decode(), "f")}

    assert {name: found[name] for name in environment} == environment
