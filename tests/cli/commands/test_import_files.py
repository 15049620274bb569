"""Tests of `smtui import`: the dry run, and all-or-nothing imports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.cli import import_long, import_reading
from smtui.transfer import apply, json_stream, target
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

WriteFile = Callable[[str, str | bytes], str]
ENV = "DB_HOST=localhost\nDB_PASS='s3cret'\nEMPTY=\n"


def test_a_file_becomes_secrets(cli: CommandLine, file: WriteFile) -> None:
    answer = cli("import", file(".env", ENV), "--prefix", "dev/")

    assert answer.code == 0
    assert answer.out == "imported: new secrets 2, empty 1\n"
    assert "skipped, because a secret cannot be empty: dev/EMPTY" in answer.err
    assert cli.done("get", "dev/DB_PASS") == "s3cret"
    assert cli.done("ls") == "dev/DB_HOST\ndev/DB_PASS\n"


def test_a_file_becomes_one_secret(cli: CommandLine, file: WriteFile) -> None:
    cli.done("import", file(".env", ENV), "--as-one", "dev/app")

    assert json.loads(cli.done("get", "dev/app")) == {"DB_HOST": "localhost", "DB_PASS": "s3cret", "EMPTY": ""}
    assert cli("import", file(".env", ENV), "--as-one", "a", "--prefix", "b").code == 2


def test_a_dry_run_tells_and_changes_nothing(stocked: CommandLine, file: WriteFile) -> None:
    """The output lists the verdicts without values, and the audit log contains no change."""
    stocked.done("delete-secret", "--secret-id", "dev/key")
    held = {"prod/text": "plain text\n", "prod/db": "other", "new": "s3cret", "dev/key": "x", "empty": ""}

    answer = stocked("import", file("f.json", json.dumps(held)), "--dry-run")

    assert answer.code == 1, "as without --dry-run"
    assert [line.split()[:2] for line in answer.out.splitlines()[:-1]] == [
        ["unchanged", "prod/text"], ["conflict", "prod/db"], ["create", "new"], ["conflict", "dev/key"],
        ["empty", "empty"],
    ]
    assert answer.out.splitlines()[-1] == "would import: new secrets 1, unchanged 1, empty 1, conflicts 2"
    assert "s3cret" not in answer.out + answer.err
    assert stocked("get", "new").code == 1
    assert stocked.done("audit", "--operation", "CreateSecret", "--secret", "new") == ""


def test_a_dry_run_finds_what_only_doing_it_finds(cli: CommandLine, file: WriteFile) -> None:
    """The dry run refuses a value that is too long."""
    answer = cli("import", file("f.json", json.dumps({"a": "x", "b": "y" * 70_000})), "--dry-run")

    assert answer.code == 1
    assert "Affected: b (" in answer.err
    assert cli.done("ls") == ""


def test_other_values_stop_the_import(stocked: CommandLine, file: WriteFile) -> None:
    path = file("f.json", '{"new": "1", "prod/db": "2"}')

    answer = stocked("import", path)

    assert (answer.code, answer.out) == (1, "")
    assert "prod/db (exists with a different value)" in answer.err
    assert "--update" in answer.err
    assert stocked("get", "new").code == 1


def test_update_makes_versions(stocked: CommandLine, file: WriteFile) -> None:
    path = file("f.json", '{"new": "1", "prod/db": "2", "prod/text": "plain text\\n"}')

    assert stocked.done("import", path, "--update") == "imported: new secrets 1, new versions 1, unchanged 1\n"
    assert stocked.done("get", "prod/db") == "2"
    assert "second" in stocked.done("get", "prod/db", "--version-stage", "AWSPREVIOUS")


def test_skip_existing_leaves_alone(stocked: CommandLine, file: WriteFile) -> None:
    path = file("f.json", '{"new": "1", "prod/db": "2"}')

    assert stocked.done("import", path, "--skip-existing") == "imported: new secrets 1, skipped 1\n"
    assert "second" in stocked.done("get", "prod/db")


def test_importing_twice_changes_nothing_the_second_time(cli: CommandLine, file: WriteFile) -> None:
    path = file(".env", ENV)
    cli.done("import", path)

    assert cli.done("import", path) == "imported: unchanged 2, empty 1\n"


def test_a_secret_without_value_gets_its_first(cli: CommandLine, file: WriteFile) -> None:
    cli.done("create-secret", "--name", "a")

    cli.done("import", file("f.json", '{"a": "1"}'))

    assert cli.done("get", "a") == "1"


def test_a_dump_of_the_aws_cli_comes_back_whole(stocked: CommandLine, file: WriteFile) -> None:
    """The output of batch-get-secret-value is imported, also binary values."""
    dump = stocked.done("batch-get-secret-value", "--secret-id-list", "prod/db", "prod/text", "dev/key", "nowhere")
    other = ["--vault", str(stocked.path.with_name("other.vault"))]
    assert stocked("init", *other).code == 0

    answer = stocked("import", file("dump.json", dump), *other)

    assert answer.out == "imported: new secrets 3\n"
    assert "skipped 1 without a value" in answer.err
    for name in ("prod/db", "prod/text", "dev/key"):
        assert stocked("get", name, *other).raw == stocked("get", name).raw


@pytest.mark.parametrize("answer", [
    {"Name": "rds!db-1", "ARN": "arn:1", "SecretString": "1"},
    {"Name": "db", "ARN": "arn:1", "SecretBinary": "MQ==", "OwningService": "rds"},
])
def test_a_managed_secret_keeps_its_owner(cli: CommandLine, file: WriteFile, answer: dict[str, str]) -> None:
    """An import can create and update a managed secret; other commands cannot change it."""
    dump = file("dump.json", json.dumps({"SecretValues": [answer, {"Name": "mine", "SecretString": "1"}]}))
    cli.done("import", dump)

    owners = json.loads(cli.done("list-secrets", "--query", "SecretList[].[Name,OwningService]"))
    assert owners == [[answer["Name"], "rds"], ["mine", None]]
    assert "managed by another service" in cli("set", answer["Name"], "-", stdin=b"2").err
    newer = {**answer, "SecretString": "2"}
    newer.pop("SecretBinary", None)
    cli.done("import", "--update", file("newer.json", json.dumps([newer])))
    assert cli.done("get", answer["Name"]) == "2"


@pytest.mark.parametrize("dump", ["list-secrets", "describe-secret --secret-id prod/db"])
def test_an_answer_without_values_is_no_secret(stocked: CommandLine, dump: str) -> None:
    """It is refused with the command that gets values, and nothing is stored."""
    before = stocked.done("ls")

    answer = stocked("import", "-", stdin=stocked.done(*dump.split()).encode())

    assert answer.code == 1
    assert "batch-get-secret-value" in answer.err
    assert stocked.done("ls") == before


def test_an_unknown_file_is_refused_and_named(cli: CommandLine, file: WriteFile) -> None:
    path = file("notes.txt", "remember the hunter2")

    answer = cli("import", path)

    assert answer.code == 1
    assert "notes.txt" in answer.err
    assert "hunter2" not in answer.err
    assert cli.done("ls") == ""


def test_a_dry_run_says_what_the_file_is(cli: CommandLine, file: WriteFile) -> None:
    path = file("names.json", '{"a": "1", "b": "2"}')

    assert f"{path}: JSON object of names and values, 2 secrets." in cli("import", path, "--dry-run").err


def test_standard_input_is_a_file_too(cli: CommandLine) -> None:
    assert cli.done("import", "-", stdin=b"A=1\n") == "imported: new secrets 1\n"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [("A=1\nA=2\n", None, "line 2: A is given twice, first at"), ("A=1\n", "A=1\n", "A is given twice")],
)
def test_a_name_given_twice_is_refused(
    cli: CommandLine, file: WriteFile, first: str, second: str | None, said: str
) -> None:
    paths = [file("one.env", first), *([file("two.env", second)] if second else [])]

    answer = cli("import", *paths)

    assert answer.code == 2
    assert said in answer.err
    assert "Nothing was imported." in answer.err
    assert cli.done("ls") == ""


@pytest.mark.parametrize("command", [["--dry-run"], []])
def test_looking_names_up_is_no_access(stocked: CommandLine, file: WriteFile, command: list[str]) -> None:
    """Lookups of 2,000 new names record no refused reads; only values of existing secrets are read."""
    stocked.done("create-secret", "--name", "valueless")
    held = {"prod/text": "plain text\n", "valueless": "1", **{f"new/{number}": "x" for number in range(2000)}}

    stocked.done("import", file("f.json", json.dumps(held)), *command)

    assert len(stocked.done("audit", "--operation", "GetSecretValue").splitlines()) == 1


@pytest.mark.parametrize("name", ["a b", "ü", "a" * 600, "aws:x#y"])
def test_a_name_that_no_secret_can_have_stops_everything(cli: CommandLine, file: WriteFile, name: str) -> None:
    answer = cli("import", file("f.json", json.dumps({"good": "1", name: "2"})))

    assert answer.code == 1
    assert cli.done("ls") == ""


@pytest.mark.parametrize("content", ["", "\n# nothing\n", "{}", "[]"])
def test_an_empty_file_is_no_success(cli: CommandLine, file: WriteFile, content: str) -> None:
    answer = cli("import", file("f", content))

    assert answer.code == 2
    assert "Nothing to import" in answer.err


@pytest.mark.parametrize("path", ["/no/such/file", "/"])
def test_a_file_that_cannot_be_read(cli: CommandLine, path: str) -> None:
    answer = cli("import", path)

    assert answer.code == 2
    assert f"cannot read {path}" in answer.err


def test_a_huge_file_is_refused_unread(cli: CommandLine, tmp_path: object) -> None:
    path = f"{tmp_path}/huge"
    with open(path, "wb") as sparse:  # noqa: PTH123
        sparse.truncate(65 * 1024 * 1024)

    answer = cli("import", path)

    assert answer.code == 2
    assert "has to be a list of secrets" in answer.err


def test_a_failure_in_the_middle_leaves_nothing(
    cli: CommandLine, file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+C in the middle of an import rolls it back, with the exit code of an interruption."""
    made: list[int] = []
    create = target.ImportTarget.create

    def until_interrupted(into: target.ImportTarget, *which: Any) -> bool:
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(1)
        return create(into, *which)

    monkeypatch.setattr(target.ImportTarget, "create", until_interrupted)
    monkeypatch.setattr(apply, "BATCH", 10)

    answer = cli("import", file("f.json", json.dumps({f"s{number}": "x" for number in range(50)})))

    assert (answer.code, len(made)) == (130, 3)
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        assert vault.client().list_secrets()["SecretList"] == []


@pytest.fixture
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treats every file as a long one, which is read in chunks of a few characters."""
    monkeypatch.setattr(import_long, "LONG", 0)
    monkeypatch.setattr(json_stream, "CHUNK", 24)


@pytest.mark.usefixtures("short_memory")
def test_a_long_export_comes_back_as_it_is_read(stocked: CommandLine, tmp_path: Path) -> None:
    other = ["--vault", str(stocked.path.with_name("other.vault"))]
    assert stocked("init", *other).code == 0
    for format in ("json", "aws"):
        stocked.done("export", "--format", format, "--output", str(tmp_path / format))

    assert stocked.done("import", str(tmp_path / "json"), *other) == "imported: new secrets 3\n"
    assert stocked.done("import", str(tmp_path / "aws"), "--update", *other) == "imported: unchanged 3\n"
    for name in ("prod/db", "prod/text", "dev/key"):
        assert stocked("get", name, *other).raw == stocked("get", name).raw


LISTED = '[\n{"Name": "a", "SecretString": "1"},\n{"Name": "prod/db", "SecretString": "\\u00fc 🔑"}\n]\n'


@pytest.mark.usefixtures("short_memory")
@pytest.mark.parametrize(("content", "code", "said"), [
    (LISTED[:-5], 2, "not JSON"),
    (LISTED[:-3], 2, "not valid JSON: expected a comma"),
    (LISTED + "x", 2, "something else follows"),
    (LISTED.replace(",\n", "\n", 1), 2, "secret 2: not valid JSON: expected a comma"),
    (LISTED.replace("prod/db", "a"), 2, "secret 2: a is given twice, first at"),
    (LISTED.replace("prod/db", ""), 2, "a name is empty"),
    (LISTED.replace("prod/db", "a b"), 1, "Affected: a b"),
    ('{"A": "1"}', 2, "has to be a list"),
    ('{"SecretValues": [], "Other": 1}', 2, "something else follows"),
    (LISTED, 1, "prod/db (exists with a different value)"),
])
def test_a_long_import_that_fails_leaves_nothing(
    stocked: CommandLine, file: WriteFile, content: str, code: int, said: str
) -> None:
    answer = stocked("import", file("long.json", content))

    assert answer.code == code
    assert said in answer.err
    assert stocked.done("ls") == "dev/key\nprod/db\nprod/text\n"


@pytest.mark.usefixtures("short_memory")
def test_a_long_import_can_be_tried_and_told_what_to_do(stocked: CommandLine, file: WriteFile) -> None:
    path = file("long.json", LISTED)

    answer = stocked("import", path, "--dry-run")
    assert answer.code == 1, "as without --dry-run"
    assert answer.out == (
        "create       a\nconflict     prod/db  (exists with a different value)\n"
        "would import: new secrets 1, conflicts 1\n"
    )
    assert stocked("get", "a").code == 1
    assert stocked.done("import", path, "--skip-existing") == "imported: new secrets 1, skipped 1\n"
    assert stocked.done("import", path, "--update", "--prefix", "new/") == "imported: new secrets 2\n"
    assert stocked.done("import", path, "--update") == "imported: new versions 1, unchanged 1\n"
    assert stocked.done("get", "prod/db") == "ü 🔑"


@pytest.mark.usefixtures("short_memory")
def test_ctrl_c_during_a_long_import_leaves_nothing(
    cli: CommandLine, file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(json_stream, "_check_rest", interrupted)

    assert cli("import", file("long.json", LISTED)).code == 130
    assert cli.done("ls") == ""


@pytest.mark.usefixtures("short_memory")
def test_a_long_file_of_json_lines(stocked: CommandLine, file: WriteFile) -> None:
    lines = ('{"Name": "a", "SecretString": "1"}\n\n{"Name": "b",\n "SecretString": "\\u00fc"}'
             '{"Name": "c", "SecretBinary": "AA=="}')

    assert stocked.done("import", file("long.jsonl", lines)) == "imported: new secrets 3\n"
    assert stocked.done("get", "b") == "ü"
    for more, said in (('\n{"A": 1}', "secret 4: it has no Name"), ("\nx", "secret 4: it has no Name"),
                       ('\n{"Name": "d"', "secret 4: not JSON")):
        answer = stocked("import", file("long.jsonl", lines.replace('"c"', '"new"') + more), "--update")
        assert answer.code == 2
        assert said in answer.err
    assert stocked("get", "new").code == 1


@pytest.mark.usefixtures("short_memory")
def test_a_long_page_says_what_it_lacks(stocked: CommandLine, file: WriteFile) -> None:
    page = '{"SecretValues": [{"Name": "a", "SecretString": "1"}], "Errors": [{"SecretId": "x"}], "NextToken": "t"}'

    answer = stocked("import", file("page.json", page))

    assert answer.code == 0
    assert "skipped 1 without a value" in answer.err
    assert "more secrets on AWS than in this file" in answer.err


@pytest.mark.usefixtures("short_memory")
@pytest.mark.parametrize("content", [
    '{"SecretValues": [{"Name": "a", "SecretString": "1"}]}\n{"SecretValues": [{"Name": "b", "SecretString": "2"}]}',
    '{"encrypted": false, "items": [{"type": 2, "name": "a", "notes": "1"}, {"type": 2, "name": "b", "notes": "2"}]}',
], ids=["pages", "Bitwarden"])
def test_a_long_file_that_cannot_be_read_in_parts_is_read_at_once(
    stocked: CommandLine, file: WriteFile, content: str
) -> None:
    assert "new secrets 2" in stocked.done("import", file("long.json", content))
    assert stocked.done("get", "b") == "2"


@pytest.mark.usefixtures("short_memory")
def test_a_long_table_of_logins_is_read_row_by_row(
    stocked: CommandLine, file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It becomes the same secrets as a short one, and nothing holds all of them."""
    rows = "title,url,username,password,otpauth,favorite,archived\n" + "".join(
        f"Site {number % 3},https://s.example,user{number},pw{number},,,{number == 5}\n" for number in range(6))
    with monkeypatch.context() as patch:
        patch.setattr(import_reading, "read_entries", None)
        answer = stocked("import", file("long.csv", rows), "--prefix", "long/")
    assert (answer.code, answer.out) == (0, "imported: new secrets 5\n")
    assert "not imported: 1 archived item" in answer.err
    assert "in plain text" in answer.err
    assert stocked.done("get", "long/Site-1/user4#password") == "pw4"
    monkeypatch.setattr(import_long, "LONG", 1 << 20)

    stocked.done("import", file("short.csv", rows), "--prefix", "short/")

    names = stocked.done("ls").split()
    assert [name[5:] for name in names if name.startswith("long/")] == \
        [name[6:] for name in names if name.startswith("short/")]


@pytest.mark.usefixtures("short_memory")
def test_a_long_table_with_a_wrong_row_leaves_nothing(stocked: CommandLine, file: WriteFile) -> None:
    answer = stocked("import", file("long.csv", "title,url,password\na,,1\nb,,2,3,4\n"))

    assert (answer.code, "line 3: it has 5 cells, the first line 3" in answer.err) == (2, True)
    assert stocked.done("ls") == "dev/key\nprod/db\nprod/text\n"


@pytest.mark.usefixtures("short_memory")
def test_a_long_env_file_is_read_line_by_line(
    stocked: CommandLine, file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_reading, "read_entries", None)
    answer = stocked("import", file("long.env", "A=1\nALONE\nB='two\nlines'\nA=1\nC=${A}\n"))

    assert (answer.code, answer.out) == (0, "imported: new secrets 3\n")
    assert "a name without = was skipped" in answer.err
    assert "refers to other variables" in answer.err
    assert stocked.done("get", "B") == "two\nlines"
    wrong = stocked("import", file("wrong.env", "D=1\nE=2\nD=3\n"))
    assert (wrong.code, "D is given twice, with different values" in wrong.err) == (2, True)
    assert stocked("get", "D").code == 1


@pytest.mark.usefixtures("short_memory")
def test_what_needs_the_entire_file_reads_a_long_one_at_once(stocked: CommandLine, file: WriteFile) -> None:
    path = file("long.env", "a=1\na=2\n")

    assert stocked.done("import", path, "--last", "--upper") == "imported: new secrets 1\n"
    assert stocked.done("get", "A") == "2"
    assert stocked.done("import", path, "--last", "--as-one", "one") == "imported: new secrets 1\n"


@pytest.mark.usefixtures("short_memory")
def test_a_long_file_and_standard_input_are_imported_together(stocked: CommandLine, file: WriteFile) -> None:
    listed = file("long.json", '[{"Name": "a", "SecretString": "1"}]')

    assert stocked("import", listed, "-", stdin=b"B=2\n").out == "imported: new secrets 2\n"
    assert stocked("import", listed, "-", stdin=b"a=2\n").code == 2
