"""Tests of the 23 operations as commands with the aws CLI's parameters, output and pagination."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import botocore
import jmespath
import pytest
from botocore.loaders import Loader

import smtui
from smtui.api.model import OPERATIONS
from smtui.cli.command_table import BY_NAME
from smtui.cli.parameters import hyphenate, list_parameters
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

WriteFile = Callable[[str, str | bytes], str]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_commands_and_flags_are_named_as_the_aws_cli_names_them(operation: str) -> None:
    """The names are those that botocore derives, which the aws CLI uses."""
    assert hyphenate(operation) == botocore.xform_name(operation, "-")
    assert hyphenate(operation) in BY_NAME
    for parameter in list_parameters(OPERATIONS[operation]):
        assert parameter.flag == "--" + botocore.xform_name(parameter.member, "-")


def test_list_secrets_pages_as_botocore_says() -> None:
    from smtui.cli.pages import PAGED_MEMBERS

    said = Loader().load_service_model("secretsmanager", "paginators-1")["pagination"]

    assert PAGED_MEMBERS["ListSecrets"] == (said["ListSecrets"]["result_key"],)


def answered(cli: CommandLine, *argv: str, stdin: bytes = b"") -> Any:
    return json.loads(cli.done(*argv, stdin=stdin))


def test_a_value_comes_back_as_json(stocked: CommandLine) -> None:
    text = stocked.done("get-secret-value", "--secret-id", "prod/text")
    answer = json.loads(text)

    assert text.startswith('{\n    "ARN": ')
    assert list(answer) == ["ARN", "Name", "VersionId", "SecretString", "VersionStages", "CreatedDate"]
    assert answer["SecretString"] == "plain text\n"
    assert datetime.fromisoformat(answer["CreatedDate"]).utcoffset() is not None


def test_times_have_the_local_offset(stocked: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert answered(stocked, "describe-secret", "--secret-id", "prod/db")["CreatedDate"].endswith("+05:30")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_bytes_come_back_as_base64(stocked: CommandLine) -> None:
    assert answered(stocked, "get-secret-value", "--secret-id", "dev/key")["SecretBinary"] == "AP8K"


def test_an_empty_answer_prints_nothing(stocked: CommandLine) -> None:
    assert stocked.done("tag-resource", "--secret-id", "prod/db", "--tags", "Key=a,Value=b") == ""


def test_query_and_text_give_the_bare_value(stocked: CommandLine) -> None:
    argv = ["get-secret-value", "--secret-id", "prod/text", "--output", "text", "--query"]

    assert stocked.done(*argv, "SecretString") == "plain text\n\n"
    assert stocked.done(*argv, "[Name,VersionStages[0]]") == "prod/text\tAWSCURRENT\n"
    assert stocked.done(*argv, "Nothing") == "None\n"


@pytest.mark.parametrize("query", ["[", "Name[?", "@@", ""])
def test_a_bad_query_is_refused_before_anything_is_asked(stocked: CommandLine, query: str) -> None:
    answer = stocked("get-secret-value", "--secret-id", "prod/db", "--query", query)

    assert answer.code == 2
    assert "Bad value for --query: " in answer.err
    assert not answer.err.rstrip().endswith(":")
    assert "GetSecretValue" not in stocked.done("audit", "--all")


def test_a_query_that_does_not_fit_does_not_quote_the_value(stocked: CommandLine) -> None:
    answer = stocked("get-secret-value", "--secret-id", "prod/db", "--query", "sum(SecretString)")

    assert answer.code == 2
    assert "second" not in answer.err


def test_text_lists_are_rows_under_their_name(stocked: CommandLine) -> None:
    stocked.done("tag-resource", "--secret-id", "prod/db", "--tags", "Key=a,Value=b", "Key=c,Value=d")

    rows = stocked.done("describe-secret", "--secret-id", "prod/db", "--output", "text").splitlines()

    assert "TAGS\ta\tb" in rows
    assert "TAGS\tc\td" in rows


def test_a_table_has_a_box_for_each_list(stocked: CommandLine) -> None:
    table = stocked.done("list-secrets", "--output", "table")

    assert "SecretList" in table
    assert len({len(line) for line in table.splitlines()[:5]}) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["Key=env,Value=prod", "Key=team,Value=core"],
        ['[{"Key":"env","Value":"prod"},{"Key":"team","Value":"core"}]'],
        ['{"Key":"env","Value":"prod"}', "Key=team,Value=core"],
    ],
)
def test_structures_in_shorthand_and_json(cli: CommandLine, words: list[str]) -> None:
    cli.done("create-secret", "--name", "a", "--tags", *words)

    assert answered(cli, "describe-secret", "--secret-id", "a")["Tags"] == [
        {"Key": "env", "Value": "prod"}, {"Key": "team", "Value": "core"},
    ]


def test_a_list_from_a_file(cli: CommandLine, file: WriteFile) -> None:
    tags = file("tags.json", '[{"Key":"env","Value":"prod"}]')

    cli.done("create-secret", "--name", "a", "--tags", f"file://{tags}")

    assert answered(cli, "describe-secret", "--secret-id", "a")["Tags"] == [{"Key": "env", "Value": "prod"}]


def test_filters_and_lists_of_words(stocked: CommandLine) -> None:
    argv = ["--query", "SecretList[].Name", "--output", "text"]

    names = stocked.done("list-secrets", "--filters", "Key=name,Values=prod/t,dev/", *argv).split()
    both = stocked.done("list-secrets", "--filters", "Key=name,Values=prod/", "Key=description,Values=orders", *argv)

    assert names == ["prod/text", "dev/key"]
    assert both == "prod/db\n"


def test_version_stages_are_words(stocked: CommandLine) -> None:
    argv = ["put-secret-value", "--secret-id", "prod/db", "--version-stages", "BLUE", "GREEN", "--secret-string", "-"]

    answer = answered(stocked, *argv, stdin=b"x")

    assert answer["VersionStages"] == ["BLUE", "GREEN"]


@pytest.mark.parametrize("way", ["file", "stdin", "prompt"])
def test_a_value_can_come_without_being_seen(cli: CommandLine, file: WriteFile, way: str) -> None:
    """file://, - and --cli-input-json keep the value off the command line and keep all bytes."""
    value = 'a "b"\r\n\tü\n'
    if way == "file":
        answer = cli("create-secret", "--name", "a", "--secret-string", f"file://{file('v', value)}")
    elif way == "stdin":
        answer = cli("create-secret", "--name", "a", "--secret-string", "-", stdin=value.encode())
    else:
        request = json.dumps({"Name": "a", "SecretString": value})
        answer = cli("create-secret", "--cli-input-json", f"file://{file('r.json', request)}")

    assert (answer.code, answer.err) == (0, "")
    assert cli("get", "a").raw == value.encode()


def test_a_value_on_the_command_line_works_and_is_warned_of_once(cli: CommandLine) -> None:
    answer = cli("create-secret", "--name", "a", "--secret-string", "hunter2")

    assert answer.code == 0
    assert answer.err.count("warning:") == 1
    assert "hunter2" not in answer.err
    assert cli("create-secret", "--cli-input-json", '{"Name": "b", "SecretString": "x"}').err.count("warning:") == 1
    assert cli("create-secret", "--name", "c", "--description", "no secret").err == ""


@pytest.mark.parametrize(
    ("word", "expected"),
    [("fileb://{path}", b"\xff\n"), ("-", b"\xff\n"), (base64.b64encode(b"\xff\n").decode(), b"\xff\n")],
)
def test_blobs(cli: CommandLine, file: WriteFile, word: str, expected: bytes) -> None:
    """As in the aws CLI 2, blobs are bytes from files and standard input, and base64 as arguments."""
    cli.done("create-secret", "--name", "a", "--secret-binary", word.format(path=file("b", b"\xff\n")), stdin=b"\xff\n")

    assert cli("get", "a").raw == expected


def test_blobs_as_plain_text_when_asked(cli: CommandLine) -> None:
    cli.done("create-secret", "--name", "a", "--secret-binary", "raw text", "--cli-binary-format", "raw-in-base64-out")

    assert cli("get", "a").raw == b"raw text"


def test_flags_have_both_forms(cli: CommandLine) -> None:
    argv = ["get-random-password", "--query", "RandomPassword", "--output", "text"]

    assert cli.done(*argv, "--password-length", "50", "--exclude-punctuation", "--exclude-numbers").strip().isalpha()
    nothing_else = [f"--exclude-{kind}" for kind in ("lowercase", "uppercase", "numbers", "punctuation")]
    assert cli.done(*argv, "--password-length", "4", "--include-space", *nothing_else) == "    \n"
    assert cli(*argv, "--include-space", "--no-include-space").code == 0


def test_input_json_is_completed_by_options(cli: CommandLine) -> None:
    cli.done("create-secret", "--cli-input-json", '{"Name": "a", "Description": "one"}', "--description", "two")

    assert answered(cli, "describe-secret", "--secret-id", "a")["Description"] == "two"


def test_a_skeleton_is_a_request_of_every_member(bare: CommandLine) -> None:
    """--generate-cli-skeleton prints all members without opening a vault."""
    skeleton = json.loads(bare("tag-resource", "--generate-cli-skeleton").out)

    assert skeleton == {"SecretId": "", "Tags": [{"Key": "", "Value": ""}]}


def test_a_skeleton_of_the_answer_needs_a_whole_request_and_no_vault(bare: CommandLine) -> None:
    argv = ["get-secret-value", "--generate-cli-skeleton", "output"]

    answer = json.loads(bare(*argv, "--secret-id", "a").out)

    assert answer["SecretString"] == "SecretString"
    assert answer["VersionStages"] == ["VersionStages"]
    assert bare(*argv).code == 2
    assert bare(*argv, "--secret-id", "a", "--query", "Name", "--output", "text").out == "Name\n"
    assert not bare.path.exists()


def test_yaml(stocked: CommandLine) -> None:
    """In block style with sorted keys; a lone scalar as JSON; nothing for an empty answer."""
    import yaml

    argv = ["get-secret-value", "--secret-id", "prod/text", "--output", "yaml"]
    text = stocked.done(*argv)

    assert text.startswith("ARN: arn:aws:secretsmanager:")
    assert "VersionStages:\n- AWSCURRENT\n" in text
    assert yaml.safe_load(text)["SecretString"] == "plain text\n"
    assert isinstance(yaml.safe_load(text)["CreatedDate"], str)
    assert stocked.done(*argv, "--query", "SecretString") == '"plain text\\n"\n'
    assert stocked.done("tag-resource", "--secret-id", "prod/db", "--tags", "Key=a,Value=b", "--output", "yaml") == ""


def test_yaml_stream_has_an_item_for_each_page(stocked: CommandLine) -> None:
    """With --query applied to each page, and the token as the last item; an answer without pages is a list of one."""
    import yaml

    argv = ["list-secrets", "--page-size", "2", "--output", "yaml-stream"]
    names = [["prod/db", "prod/text"], ["dev/key"]]
    pages = yaml.safe_load(stocked.done(*argv))

    assert [[secret["Name"] for secret in page["SecretList"]] for page in pages] == names
    assert yaml.safe_load(stocked.done(*argv, "--query", "SecretList[].Name")) == names
    assert set(yaml.safe_load(stocked.done(*argv, "--max-items", "1"))[-1]) == {"NextToken"}
    described = stocked.done("describe-secret", "--secret-id", "prod/db", "--output", "yaml-stream")
    assert described.startswith("- ARN: ")
    assert stocked.done("untag-resource", "--secret-id", "prod/db", "--tag-keys", "a", "--output", "yaml-stream") == ""


def test_output_off_prints_nothing(stocked: CommandLine) -> None:
    assert stocked.done("put-secret-value", "--secret-id", "prod/db", "--secret-string", "x", "--output", "off") == ""
    assert stocked.done("get", "prod/db") == "x"
    assert stocked("get-secret-value", "--secret-id", "nowhere", "--output", "off").code == 1


def test_a_request_in_yaml(cli: CommandLine, file: Callable[[str, str | bytes], str]) -> None:
    """From a file or standard input, with base64 for binary members; options of the command line take precedence."""
    text = "Name: a\nDescription: 'yes'\nSecretBinary: AP8K\nTags:\n- {Key: team, Value: core}\n"

    cli.done("create-secret", "--cli-input-yaml", f"file://{file('r.yaml', text)}")
    cli.done("create-secret", "--cli-input-yaml", "-", "--name", "b", stdin=text.encode())
    cli.done("delete-secret", "--cli-input-yaml", "{SecretId: b, RecoveryWindowInDays: 7}")

    found = json.loads(cli.done("describe-secret", "--cli-input-yaml", "SecretId: a"))
    assert (found["Description"], found["Tags"]) == ("yes", [{"Key": "team", "Value": "core"}])
    assert json.loads(cli.done("get-secret-value", "--secret-id", "a"))["SecretBinary"] == "AP8K"


def test_the_sample_request_in_yaml_is_that_in_json(bare: CommandLine) -> None:
    import yaml

    for command in ("create-secret", "rotate-secret"):
        text = bare.done(command, "--generate-cli-skeleton", "yaml-input")
        assert yaml.safe_load(text) == json.loads(bare.done(command, "--generate-cli-skeleton"))


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["create-secret", "--cli-input-yaml", "- a"], "expected a YAML mapping"),
        (["create-secret", "--cli-input-yaml", "a: [b"], "--cli-input-yaml: not valid YAML (line"),
        (["create-secret", "--cli-input-yaml", "a: 1\na: 2"], "a key is given twice"),
        (["create-secret", "--cli-input-yaml", "a: &x 1\nb: *x"], "aliases"),
        (["create-secret", "--cli-input-yaml", ""], "expected one YAML document"),
        (["create-secret", "--cli-input-yaml", "Nam: b", "--name", "a"], "Unknown parameter"),
        (["create-secret", "--cli-input-yaml", "{}", "--cli-input-json", "{}"], "Only one --cli-input- parameter"),
        (["list-secrets", "--no-paginate", "--max-items", "2"], "Cannot specify --no-paginate along with"),
        (["list-secrets", "--max-results", "2", "--page-size", "2"], "along with pagination arguments: --page-size"),
        (["create-secret"], "required: --name"),
        (["get-secret-value", "--secret-id"], "expected one argument"),
        (["get-secret-value", "--secret-id", "a", "--secrets"], "unknown option: --secrets"),
        (["get-random-password", "--password-length", "many"], "--password-length"),
        (["tag-resource", "--secret-id", "a", "--tags", "Key"], "'--tags': expected one of Key=, Value="),
        (["tag-resource", "--secret-id", "a", "--tags", "Kex=a"], "valid keys are Key, Value"),
        (["tag-resource", "--secret-id", "a", "--tags", "[1"], "not JSON"),
        (["create-secret", "--name", "file:///no/such/file"], "No such file"),
        (["create-secret", "--name", "a", "--secret-binary", "%%%"], "not base64"),
        (["create-secret", "--cli-input-json", "[]"], "expected a JSON object"),
        (["create-secret", "--name", "-", "--secret-string", "-"], "already read for"),
        (["create-secret", "--cli-input-json", '{"Name": "a", "Nam": "b"}'], "Unknown parameter"),
        (["list-secrets", "--max-items", "0"], "at least 1"),
        (["list-secrets", "--output", "xml"], "invalid choice"),
    ],
)
def test_what_cannot_be_understood_is_exit_2(cli: CommandLine, argv: list[str], said: str) -> None:
    answer = cli(*argv)

    assert (answer.code, answer.raw) == (2, b""), answer.err
    assert said in answer.err


@pytest.fixture
def many(cli: CommandLine) -> CommandLine:
    """Returns the command line with a vault of 230 secrets."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault, vault.transaction():
        for number in range(230):
            vault.client().create_secret(Name=f"s{number:03}")
    return cli


NAMES = [f"s{number:03}" for number in range(230)]


def test_all_pages_are_merged(many: CommandLine) -> None:
    answer = answered(many, "list-secrets", "--sort-by", "name")

    assert jmespath.search("SecretList[].Name", answer) == NAMES
    assert list(answer) == ["SecretList"]


def test_text_is_printed_page_by_page(many: CommandLine) -> None:
    argv = ["list-secrets", "--sort-by", "name", "--output", "text", "--query", "SecretList[].Name"]

    rows = many.done(*argv, "--page-size", "50", "--max-items", "120").splitlines()

    assert [len(row.split("\t")) for row in rows] == [50, 50, 20, 1]
    assert "\t".join(rows[:-1]).split("\t") == NAMES[:120]
    assert many.done(*argv[:-2], "--max-items", "120").splitlines()[-1].startswith("NEXTTOKEN\t")


def test_the_first_page_alone_when_asked(many: CommandLine) -> None:
    for argv in (["--no-paginate"], ["--max-results", "100"]):
        answer = answered(many, "list-secrets", *argv)
        assert (len(answer["SecretList"]), "NextToken" in answer) == (100, True)


@pytest.mark.parametrize("page_size", ["100", "7"])
@pytest.mark.parametrize("step", [1, 99, 100, 150, 230, 500])
def test_max_items_and_starting_token_walk_over_everything(many: CommandLine, step: int, page_size: str) -> None:
    """With any --max-items, also within pages, each secret is listed once and in order."""
    found: list[str] = []
    starting: list[str] = []
    while len(found) < (230 if step > 1 else 3):
        pages = ["--max-items", str(step), "--page-size", page_size, *starting]
        answer = answered(many, "list-secrets", "--sort-by", "name", *pages)
        found += [secret["Name"] for secret in answer["SecretList"]]
        if "NextToken" not in answer:
            assert found == NAMES
            return
        starting = ["--starting-token", answer["NextToken"]]

    assert found == NAMES[: len(found)]


def test_a_forged_starting_token_is_refused(many: CommandLine) -> None:
    for token in ("nonsense", base64.b64encode(b'{"NextToken": "forged"}').decode()):
        answer = many("list-secrets", "--starting-token", token)
        assert answer.code == 1
        assert "InvalidNextTokenException" in answer.err


def test_batches_are_merged_with_their_errors(stocked: CommandLine) -> None:
    answer = answered(stocked, "batch-get-secret-value", "--secret-id-list", "prod/db", "nowhere")

    assert [secret["Name"] for secret in answer["SecretValues"]] == ["prod/db"]
    assert [error["SecretId"] for error in answer["Errors"]] == ["nowhere"]


def test_versions_keep_what_stands_beside_them(stocked: CommandLine) -> None:
    answer = answered(stocked, "list-secret-version-ids", "--secret-id", "prod/db")

    assert (len(answer["Versions"]), answer["Name"]) == (2, "prod/db")
