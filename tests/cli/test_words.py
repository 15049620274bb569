"""Tests of the everyday commands: get, set, ls and others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

WriteFile = Callable[[str, str | bytes], str]


def test_get_gives_exactly_the_value(stocked: CommandLine) -> None:
    """A pipe gets the exact bytes of the value."""
    assert stocked("get", "prod/text").raw == b"plain text\n"
    assert stocked("get", "dev/key").raw == b"\x00\xff\n"


def test_get_picks_one_key(stocked: CommandLine) -> None:
    assert stocked.done("get", "prod/db#password") == "second"
    assert stocked.done("get", "prod/db#port") == "5432"


def test_get_gives_a_key_as_it_is_spelled(cli: CommandLine) -> None:
    """Strings are printed without quotes; numbers, literals and objects as they are spelled."""
    spelled = {"rate": "1.10", "big": "12345678901234567890.5", "far": "1e400", "huge": "9" * 5000, "yes": "true",
               "none": "null", "inner": '{ "a":[1 ,2]}'}
    members = ", ".join(f'"{key}" :{value}' for key, value in spelled.items())
    cli.done("set", "odd", "-", stdin=f' {{"\\u0061": "\\u00e9",{members}}}'.encode())

    assert cli.done("get", "odd#a") == "é"
    assert {key: cli.done("get", f"odd#{key}") for key in spelled} == spelled


@pytest.mark.parametrize("argv", [
    ["get", "odd#token"], ["copy", "odd#token"], ["exec", "odd", "--", "true"], ["exec", "T=odd#token", "--", "true"],
    ["export", "odd", "--format", "dotenv"],
])
def test_half_a_surrogate_pair_is_refused(cli: CommandLine, argv: list[str]) -> None:
    """It has no UTF-8 encoding. Other keys and the entire value can be printed."""
    value = b'{"token": "\\ud800x", "user": "ann"}'
    cli.done("set", "odd", "-", stdin=value)

    answer = cli(*argv)

    assert (answer.code, answer.raw) == (1, b"")
    assert "half of a surrogate pair" in answer.err
    assert "entire value" in answer.err
    assert cli.done("get", "odd#user") == "ann"
    assert cli("get", "odd").raw == value
    cli.done("set", "odd#user", "-", stdin=b"bob")
    assert cli("get", "odd").raw == value.replace(b"ann", b"bob")


@pytest.mark.parametrize("value", [b'{"a": 1, "a": 2}', b'{"a": NaN}', b'\xef\xbb\xbf{"a": 1}', b"[1]", b'{"a": 1} x'])
def test_what_two_readers_could_understand_differently_has_no_keys(cli: CommandLine, value: bytes) -> None:
    cli.done("set", "odd", "-", stdin=value)

    assert cli("get", "odd#a").code == 1
    assert cli("set", "odd#a", "-", stdin=b"x").code == 1
    assert cli("get", "odd").raw == value


def test_get_finds_other_versions(stocked: CommandLine) -> None:
    assert stocked.done("get", "prod/db#password", "--version-stage", "AWSPREVIOUS") == "first"


def test_a_missing_key_names_those_there_are(stocked: CommandLine) -> None:
    answer = stocked("get", "prod/db#pass")

    assert (answer.code, answer.raw) == (1, b"")
    assert "no key 'pass'" in answer.err
    assert "Its keys: user, password, port." in answer.err


@pytest.mark.parametrize("target", ["prod/text#key", "dev/key#key"])
def test_only_json_objects_have_keys(stocked: CommandLine, target: str) -> None:
    assert stocked(*["get", target]).code == 1


def test_a_refusal_speaks_as_the_aws_cli_does(stocked: CommandLine) -> None:
    answer = stocked("get", "nowhere")

    assert answer.code == 1
    assert answer.err.startswith(
        "An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: "
        "Secrets Manager can't find the specified secret."
    )


def test_a_terminal_gets_the_value_made_harmless(stocked: CommandLine) -> None:
    """Control characters are shown as symbols, and a note says that the value differs."""
    stocked("set", "evil", "-", stdin=b"a\x1b]0;owned\x07b")

    answer = stocked("get", "evil", tty=True)

    assert answer.raw == "a␛]0;owned␇b\n".encode()
    assert "shown as symbols" in answer.err


def test_a_terminal_gets_no_bytes(stocked: CommandLine) -> None:
    answer = stocked("get", "dev/key", tty=True)

    assert (answer.code, answer.raw) == (1, b"")
    assert "smtui get NAME > FILE" in answer.err


def test_set_makes_and_then_adds_versions(cli: CommandLine) -> None:
    assert cli.done("set", "a", "-", stdin=b"one") == "a: created\n"
    assert cli.done("set", "a", "-", stdin=b"two").startswith("a: new version ")
    assert cli.done("get", "a") == "two"
    assert cli.done("get", "a", "--version-stage", "AWSPREVIOUS") == "one"


def test_set_asks_the_person(cli: CommandLine) -> None:
    cli.person.present = True
    cli.person.answers = ["typed in"]

    cli.done("set", "a")

    assert cli.person.asked == ["Value for a: "]
    assert cli.done("get", "a") == "typed in"


def test_set_without_anybody_to_ask_says_how(cli: CommandLine) -> None:
    answer = cli("set", "a")

    assert answer.code == 2
    assert "Use - for standard input, or --file." in answer.err


def test_set_never_takes_a_value_as_an_argument(cli: CommandLine) -> None:
    answer = cli("set", "a", "hunter2")

    assert answer.code == 2
    assert "hunter2" not in answer.err


def test_set_keeps_a_line_break_and_says_so(cli: CommandLine) -> None:
    answer = cli("set", "a", "-", stdin=b"value\n")

    assert "--chomp" in answer.err
    assert cli("get", "a").raw == b"value\n"
    assert cli("set", "a", "-", "--chomp", stdin=b"value\r\n").err == ""
    assert cli("get", "a").raw == b"value"


def test_set_changes_one_key_and_nothing_else(cli: CommandLine) -> None:
    """Other keys keep their spelling and their order."""
    held = '{"user": "ann", "rate": 1.10, "big": 12345678901234567890, "ü": [1, null]}'
    cli.done("set", "db", "-", stdin=held.encode())

    cli.done("set", "db#password", "-", stdin=b"s3cret")
    cli.done("set", "db#user", "-", stdin=b"bob")

    assert cli.done("get", "db") == (
        '{"user": "bob", "rate": 1.10, "big": 12345678901234567890, "ü": [1, null], "password": "s3cret"}'
    )


def test_set_of_a_key_makes_the_object(cli: CommandLine) -> None:
    cli.done("set", "db#password", "-", stdin=b"x")

    assert json.loads(cli.done("get", "db")) == {"password": "x"}


def test_set_of_a_key_leaves_other_values_alone(stocked: CommandLine) -> None:
    """A text that is not a JSON object is not overwritten."""
    assert stocked("set", "prod/text#key", "-", stdin=b"x").code == 1
    assert stocked("get", "prod/text").raw == b"plain text\n"


def test_set_generates_and_does_not_show(cli: CommandLine) -> None:
    answer = cli("set", "a", "--generate", "--length", "40", "--no-punctuation")
    made = cli.done("get", "a")

    assert len(made) == 40
    assert made.isalnum()
    assert made not in answer.out + answer.err


def test_set_takes_files_and_bytes(cli: CommandLine, file: WriteFile) -> None:
    assert cli("set", "a", "--file", file("k", b"\xff\xfe")).code == 2
    cli.done("set", "a", "--file", file("k", b"\xff\xfe"), "--binary")

    assert cli("get", "a").raw == b"\xff\xfe"


def test_ls_lists_by_prefix(stocked: CommandLine) -> None:
    assert stocked.done("ls") == "dev/key\nprod/db\nprod/text\n"
    assert stocked.done("ls", "prod/") == "prod/db\nprod/text\n"
    assert stocked.done("ls", "nothing") == ""


def test_ls_searches_words(stocked: CommandLine) -> None:
    """Several words, or --search, search the descriptions too."""
    assert stocked.done("ls", "orders") == ""
    assert stocked.done("ls", "orders", "--search") == "prod/db\n"
    assert stocked.done("ls", "db", "orders") == "prod/db\n"


def test_ls_shows_planned_deletions_only_when_asked(stocked: CommandLine) -> None:
    stocked.done("delete-secret", "--secret-id", "prod/db", "--recovery-window-in-days", "7")

    assert "prod/db" not in stocked.done("ls")
    assert "prod/db\tdeletion 2" in stocked.done("ls", "--all")


def test_ls_long_tells_more(stocked: CommandLine) -> None:
    lines = stocked.done("ls", "--long", "prod/db").splitlines()

    assert lines[0].split() == ["CHANGED", "ACCESSED", "NAME"]
    assert lines[1].endswith("  prod/db  orders")


def test_ls_goes_over_pages(cli: CommandLine) -> None:
    """The output contains all 250 secrets."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault, vault.transaction():
        for number in range(250):
            vault.client().create_secret(Name=f"s{number:03}")

    assert cli.done("ls").split() == [f"s{number:03}" for number in range(250)]


def test_audit_tells_what_was_done_and_refused(stocked: CommandLine) -> None:
    stocked("get", "prod/db")
    stocked("get", "nowhere")

    newest, before, *_ = stocked.done("audit", "--all").splitlines()

    assert newest.split()[2:] == ["GetSecretValue", "nowhere", "root", "ResourceNotFoundException"]
    assert before.split()[2:] == ["GetSecretValue", "prod/db", "root", "done"]


def test_audit_shows_changes_and_on_request_what_was_read(stocked: CommandLine) -> None:
    """A refused change is shown too. A chosen operation or outcome is shown, even if it only reads."""
    stocked("get", "prod/db")
    stocked("list-secrets")
    stocked("create-secret", "--name", "prod/db", "--secret-string", "x")
    names = [line.split()[2] for line in stocked.done("audit").splitlines()]

    assert names == ["CreateSecret", "CreateSecret", "CreateSecret", "PutSecretValue", "CreateSecret"]
    assert "--all" in stocked("audit", "--json").err
    everything = {line.split()[2] for line in stocked.done("audit", "--all").splitlines()}
    assert {"GetSecretValue", "ListSecrets"} <= everything
    assert stocked.done("audit", "--operation", "GetSecretValue") and stocked.done("audit", "--outcome", "refused")
    assert stocked("audit", "--all").err == ""


def test_audit_shows_the_name_of_a_secret_that_was_named_by_its_arn(stocked: CommandLine) -> None:
    arn = json.loads(stocked.done("describe-secret", "--secret-id", "prod/db"))["ARN"]
    stocked.done("tag-resource", "--secret-id", arn, "--tags", "Key=a,Value=b")

    assert stocked.done("audit", "--limit", "1").split()[2:4] == ["TagResource", "prod/db"]


def test_audit_filters(stocked: CommandLine) -> None:
    stocked("get", "prod/text")

    assert len(stocked.done("audit", "--secret", "prod/db").splitlines()) == 2
    assert len(stocked.done("audit", "--secret", "prod/text", "--all").splitlines()) == 2
    assert "CreateSecret" not in stocked.done("audit", "--operation", "get-secret-value")
    assert stocked.done("audit", "--until", "2020-01-01") == ""
    assert len(stocked.done("audit", "--since", "1h", "--all").splitlines()) == 5


def test_audit_filters_by_caller_and_outcome(stocked: CommandLine) -> None:
    stocked("get", "nowhere")

    assert len(stocked.done("audit", "--outcome", "refused").splitlines()) == 1
    assert "nowhere" in stocked.done("audit", "--outcome", "resourcenotfoundexception")
    assert "nowhere" not in stocked.done("audit", "--outcome", "done")
    assert len(stocked.done("audit", "--caller", "root", "--json", "--all").splitlines()) == 5
    assert stocked.done("audit", "--caller", "user/alice") == ""
    assert stocked.done("audit", "--secret", "prod/db", "--region", "eu-west-1") == ""
    assert stocked("audit", "--outcome", "sideways").code == 2


def test_audit_has_a_heading_where_a_person_reads_it(stocked: CommandLine) -> None:
    assert stocked("audit", tty=True).out.splitlines()[0].split() == [
        "TIME", "OPERATION", "SECRET", "CALLER", "OUTCOME"]
    assert "TIME" not in stocked("audit", "--json", tty=True).out


def find_key_id(cli: CommandLine, alias: str) -> str:
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        return vault.keys(record_reads=False).describe_key(KeyId=f"alias/{alias}")["KeyMetadata"]["KeyId"]


def test_audit_says_what_keys_were_asked_for(stocked: CommandLine) -> None:
    stocked.done("keys", "create", "orders")

    alias, key = stocked.done("audit", "--limit", "2").splitlines()
    assert alias.split()[2:] == ["CreateAlias", "alias/orders", "root", "done"]
    assert key.split()[2:] == ["CreateKey", find_key_id(stocked, "orders"), "root", "done"]
    assert len(stocked.done("audit", "--operation", "create-key").splitlines()) == 1


def test_audit_is_kept_for_as_long_as_one_says(stocked: CommandLine) -> None:
    assert stocked.done("audit", "--keep", "365") == "audit log retention: 365 days\n"
    assert stocked.done("audit", "--keep", "0") == "audit log retention: unlimited\n"
    assert stocked("audit", "--keep", "99999").code == 1
    assert stocked.done("check").endswith("no problems found\n")


def test_audit_says_when_it_stops(stocked: CommandLine) -> None:
    answer = stocked("audit", "--limit", "2", "--json")

    assert len([json.loads(line) for line in answer.out.splitlines()]) == 2
    assert "--limit 0 shows all" in answer.err
    assert "--limit" not in stocked("audit", "--limit", "4").err


def test_check_counts_and_finds_nothing(stocked: CommandLine) -> None:
    assert stocked.done("check").endswith("no problems found\n")


def test_backup_opens_with_the_same_passphrase(stocked: CommandLine, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.vault")

    assert stocked.done("backup", copy) == f"{copy}: written\n"
    assert stocked.done("get", "prod/db#password", "--vault", copy) == "second"
    assert stocked("backup", copy).code == 4
    assert stocked("backup", copy, "--force").code == 0


def test_a_new_region_needs_no_more_than_its_name(stocked: CommandLine) -> None:
    stocked.done("set", "there", "-", "--region", "eu-west-1", stdin=b"x")

    assert "there" not in stocked.done("ls")
    assert stocked.done("ls", "--region", "eu-west-1") == "there\n"
    assert stocked("ls", "--region", "Europe").code == 2


def test_keyring_unlocks_who_opted_in(stocked: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command asks for the passphrase while the keyring has the key; a new passphrase updates the keyring."""
    from smtui.backends import keyring_store

    held: dict[bytes, bytes] = {}

    def salt(path: Path) -> bytes:
        return path.read_bytes()[:16]

    def keep(path: Path, key: bytes) -> str:
        held[salt(path)] = key
        return "a keyring"

    monkeypatch.setattr(keyring_store, "store", keep)
    monkeypatch.setattr(keyring_store, "load", lambda path: held.get(salt(path)))
    monkeypatch.setattr(keyring_store, "forget", lambda path: held.pop(salt(path), None) is not None)

    assert stocked("get", "prod/text", unlock=False).code == 3
    stocked.done("keyring", "store")
    assert stocked("get", "prod/text", unlock=False).raw == b"plain text\n"

    stocked.person.present = True
    stocked.person.answers = ["a new one"] * 2
    assert stocked("passwd", unlock=False).code == 0
    assert len(held) == 1
    stocked.person.present = False
    assert stocked("get", "prod/text", unlock=False).raw == b"plain text\n"

    assert "unlocked by the keyring" in stocked("keyring", "status", unlock=False).out
    stocked("keyring", "forget", unlock=False)
    assert stocked("get", "prod/text", unlock=False).code == 3


def test_copy_hands_the_value_to_the_clipboard_and_not_to_the_screen(
    stocked: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smtui.clipboard.clipboard import Clipboard, Copied

    copied: list[tuple[bytes, int]] = []

    def copy(self: Clipboard, data: bytes, seconds: int) -> Copied:
        copied.append((data, seconds))
        return Copied("test", "Copied")

    monkeypatch.setattr(Clipboard, "copy", copy)

    answer = stocked("copy", "prod/db#password", "--clear-after", "9")

    assert (answer.code, answer.out, answer.err) == (0, "Copied\n", "")
    assert copied == [(b"second", 9)]
    stocked.done("copy", "dev/key")
    assert copied[1] == (b"\x00\xff\n", 30)


@pytest.mark.parametrize("words", [
    ("set", "a", "--chomp", "-"), ("set", "--chomp", "a", "-"), ("set", "a", "-", "--chomp"),
    ("set", "--description", "d", "a", "--chomp", "-"),
])  # fmt: skip
def test_options_stand_anywhere(cli: CommandLine, words: tuple[str, ...]) -> None:
    """Also between the arguments of a command."""
    assert cli(*words, stdin=b"value\n").code == 0
    assert cli("get", "a").raw == b"value"

    surplus = cli(*words, "surplus", stdin=b"value\n")
    assert surplus.code == 2
    assert "1 argument too many" in surplus.err
