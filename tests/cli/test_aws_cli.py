"""The aws CLI itself as the measure: the same command lines against moto and against a vault give the same JSON.

Ids, dates, accounts and the characters of a password differ. What moto answers otherwise than the service is left out
of the comparison, with its reason.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.cli import table_layout, text_layout
from smtui.cli.operations import BY_COMMAND
from tests.cli.conftest import Answer, CommandLine

clidriver = pytest.importorskip("awscli.clidriver", reason="the aws CLI is not installed")
moto_server = pytest.importorskip("moto.server", reason="moto's server is not installed")

Run = Callable[..., Answer]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = moto_server.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Returns a function that runs `aws secretsmanager` in this process, against an empty moto."""
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint, "AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_PAGER": "",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"), "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)

    def run(*argv: str) -> Answer:
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                code = clidriver.create_clidriver().main(["secretsmanager", *argv])
            except SystemExit as left:
                code = int(left.code or 0)
        out.flush()
        assert isinstance(out.buffer, io.BytesIO)
        return Answer(code, out.buffer.getvalue(), err.getvalue())

    return run


POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})
FIRST, SECOND, THIRD = (f"00000000-1111-4000-8000-00000000000{number}" for number in (1, 2, 3))
SCRIPT: tuple[tuple[str, ...], ...] = (
    ("create-secret", "--name", "prod/db", "--secret-string", "one", "--client-request-token", FIRST,
     "--description", "orders ü", "--tags", "Key=env,Value=prod", "Key=team,Value=core"),
    ("create-secret", "--name", "prod/db", "--secret-string", "again"),
    ("create-secret", "--name", "dev/key", "--secret-binary", "fileb://FILE"),
    ("create-secret", "--cli-input-json", '{"Name": "empty", "Description": "no value"}'),
    ("describe-secret", "--secret-id", "prod/db"),
    ("describe-secret", "--secret-id", "nowhere"),
    ("get-secret-value", "--secret-id", "prod/db"),
    ("get-secret-value", "--secret", "dev/key"),
    ("get-secret-value", "--secret-id", "empty"),
    ("put-secret-value", "--secret-id", "prod/db", "--secret-string", "two", "--client-request-token", SECOND),
    ("put-secret-value", "--secret-id", "prod/db", "--secret-string", "three", "--client-request-token", THIRD,
     "--version-stages", "BLUE", "GREEN"),
    ("get-secret-value", "--secret-id", "prod/db", "--version-stage", "AWSPREVIOUS"),
    ("get-secret-value", "--secret-id", "prod/db", "--version-id", THIRD),
    ("list-secret-version-ids", "--secret-id", "prod/db"),
    ("update-secret-version-stage", "--secret-id", "prod/db", "--version-stage", "GREEN",
     "--move-to-version-id", SECOND, "--remove-from-version-id", THIRD),
    ("update-secret", "--secret-id", "prod/db", "--description", "changed"),
    ("batch-get-secret-value", "--secret-id-list", "prod/db", "dev/key", "nowhere"),
    ("batch-get-secret-value", "--filters", "Key=name,Values=prod/"),
    ("list-secrets",),
    ("list-secrets", "--filters", "Key=name,Values=prod/", "Key=tag-key,Values=env"),
    ("list-secrets", "--max-items", "1"),
    ("list-secrets", "--max-items", "2", "--page-size", "1", "--query", "SecretList[].Name"),
    ("list-secrets", "--query", "SecretList[?Name=='empty'].[Name, Description]"),
    ("tag-resource", "--secret-id", "prod/db", "--tags", '[{"Key":"a","Value":"b, c"}]'),
    ("untag-resource", "--secret-id", "prod/db", "--tag-keys", "env", "team"),
    ("describe-secret", "--secret-id", "prod/db", "--query", "Tags"),
    ("put-resource-policy", "--secret-id", "prod/db", "--resource-policy", POLICY),
    ("get-resource-policy", "--secret-id", "prod/db"),
    ("get-resource-policy", "--secret-id", "dev/key"),
    ("delete-resource-policy", "--secret-id", "prod/db"),
    ("replicate-secret-to-regions", "--secret-id", "dev/key", "--add-replica-regions", "Region=eu-west-1"),
    ("describe-secret", "--secret-id", "dev/key"),
    ("remove-regions-from-replication", "--secret-id", "dev/key", "--remove-replica-regions", "eu-west-1"),
    ("get-random-password", "--password-length", "24", "--exclude-punctuation"),
    ("get-random-password", "--password-length", "3"),
    ("delete-secret", "--secret-id", "prod/db", "--recovery-window-in-days", "7"),
    ("get-secret-value", "--secret-id", "prod/db"),
    ("delete-secret", "--secret-id", "prod/db", "--recovery-window-in-days", "3"),
    ("restore-secret", "--secret-id", "prod/db"),
    ("delete-secret", "--secret-id", "empty", "--force-delete-without-recovery"),
    ("delete-secret", "--secret-id", "empty", "--force-delete-without-recovery", "--recovery-window-in-days", "7"),
)
NOT_COMPARED = {
    "RotateSecret": "moto rotates without a function",
    "CancelRotateSecret": "moto's message for a secret without a function is another",
    "StopReplicationToReplica": "moto answers the primary's Region with status 500",
    "ValidateResourcePolicy": "moto's answer is made up, and for most policies status 500",
}
# Members that moto leaves out.
BEYOND_MOTO = {"LastAccessedDate", "KmsKeyIds", "PrimaryRegion"}


def compare(found: Any, name: str = "") -> Any:
    """An answer without what may differ, in the order of its members."""
    if isinstance(found, dict):
        return {UUID.sub("<id>", key) if key not in (FIRST, SECOND, THIRD) else key: compare(member, key)
                for key, member in found.items() if key not in BEYOND_MOTO and not (key == "NextToken" and not member)}
    if isinstance(found, list):
        return [compare(item, name) for item in found]
    if name in ("ARN", "RandomPassword") or name.endswith("Date"):
        return f"<{name}>"  # the ARN of moto's ListSecretVersionIds and of its replication is the name
    if name in ("Status", "StatusMessage"):
        return "<in progress, or already in sync>"
    if name == "VersionId" and found not in (FIRST, SECOND, THIRD):
        return "<id>"
    return found


def read_answer(answer: Answer) -> Any:
    """The JSON, or the error's code and operation."""
    if answer.code:
        return re.findall(r"An error occurred \((\w+)\)\s+when calling the (\w+)", answer.err)[:1]
    found = compare(json.loads(answer.out)) if answer.out else ""
    if isinstance(found, dict) and "ReplicationStatus" in found:
        for status in found["ReplicationStatus"]:
            status.pop("StatusMessage", None)
    return json.dumps(found, indent=1)


def test_every_operation_gives_the_json_of_the_aws_cli(aws: Run, cli: CommandLine, tmp_path: Path) -> None:
    from smtui.api.model import OPERATIONS
    from smtui.cli.parameters import hyphenate

    assert {line[0] for line in SCRIPT} == {hyphenate(name) for name in OPERATIONS if name not in NOT_COMPARED}
    binary = tmp_path / "binary"
    binary.write_bytes(b"\x00\xff\n")
    for line in SCRIPT:
        words = [word.replace("FILE", str(binary)) for word in line]
        theirs, ours = aws(*words), cli(*words)
        assert (read_answer(ours), bool(ours.code)) == (read_answer(theirs), bool(theirs.code)), line


IGNORED = ("--profile", "dev", "--endpoint-url", "http://localhost:1", "--cli-read-timeout", "0",
           "--cli-connect-timeout", "0", "--ca-bundle", "/dev/null", "--color", "on", "--no-verify-ssl",
           "--no-sign-request", "--no-cli-pager")


def test_global_options_without_a_meaning_here(cli: CommandLine) -> None:
    """Before the command and behind it, also those that only the aws CLI 2 has; a bad value is refused by both."""
    cli.done("create-secret", "--name", "a")
    plain = cli.done("describe-secret", "--secret-id", "a")

    assert cli.done("describe-secret", "--secret-id", "a", *IGNORED) == plain
    assert cli.done(*IGNORED, "describe-secret", "--secret-id", "a") == plain
    assert cli.done(*IGNORED, "secretsmanager", "--debug", "describe-secret", "--secret-id", "a") == plain
    assert cli("describe-secret", "--secret-id", "a", "--cli-read-timeout", "soon").code == 2
    said = " ".join(cli.done("describe-secret", "--help").split())
    assert "accepted without effect" in said
    assert all(option in said for option in IGNORED if option.startswith("--"))


def test_all_global_options_of_the_aws_cli_are_known() -> None:
    import awscli

    from smtui.cli.global_options import BEFORE_COMMAND

    said = json.loads(Path(awscli.__file__).with_name("data").joinpath("cli.json").read_text())["options"]

    assert {f"--{name}" for name in said} - {"--version"} <= set(BEFORE_COMMAND)


PAGED = ("list-secrets", "--page-size", "2", "--output", "text")


@pytest.mark.parametrize("words", [
    (*PAGED, "--query", "SecretList[].Name"), (*PAGED, "--query", "SecretList[].[Name,Description]"),
    (*PAGED, "--query", "length(SecretList)"), (*PAGED, "--query", "SecretList[].Name", "--max-items", "3"),
    (*PAGED, "--query", "SecretList[].Tags"), (*PAGED, "--query", "Nothing"),
    ("list-secrets", "--output", "table", "--query", "SecretList[].{name: Name, about: Description}"),
    ("list-secrets", "--output", "table", "--query", "SecretList[].Tags[]"),
    ("describe-secret", "--secret-id", "s3", "--output", "text", "--query", "[Name, Description, Tags]"),
    ("describe-secret", "--secret-id", "s3", "--output", "table", "--query", "{Name: Name, Tags: Tags}"),
    ("tag-resource", "--secret-id", "s3", "--tags", "Key=c,Value=d", "--output", "table"),
], ids=" ".join)
def test_text_and_tables_are_those_of_the_aws_cli(aws: Run, cli: CommandLine, words: tuple[str, ...]) -> None:
    """Also page by page: the aws CLI applies --query to each page of text, and prints the token as a last row."""
    for number in range(5):
        for run in (aws, cli):
            run("create-secret", "--name", f"s{number}", "--description", f"number {number}",
                "--tags", "Key=a,Value=b", f"Key=n,Value={number}")

    assert cli(*words).out == aws(*words).out


SCALARS = st.one_of(st.text(alphabet="ab-", max_size=12), st.integers(-9, 99), st.booleans(), st.none())
NAMES = st.text(alphabet="abcXYZ", min_size=1, max_size=6)
STRUCTURES = st.dictionaries(NAMES, SCALARS | st.lists(st.text(alphabet="xy", min_size=1), max_size=3), min_size=1,
                             max_size=4)
MEMBERS = SCALARS | STRUCTURES | st.lists(STRUCTURES, max_size=3) | st.lists(NAMES, max_size=3)
ANSWERS = st.dictionaries(NAMES, MEMBERS, min_size=1, max_size=4)


@given(ANSWERS)
def test_the_text_layout_is_that_of_the_aws_cli(answer: dict[str, Any]) -> None:
    from awscli.text import format_text

    expected = io.StringIO()
    format_text(answer, expected)

    assert "".join(f"{row}\n" for row in text_layout.format_text(answer, str)) == expected.getvalue()


@given(ANSWERS)
def test_the_table_layout_is_that_of_the_aws_cli(answer: dict[str, Any]) -> None:
    from types import SimpleNamespace

    from awscli.formatter import TableFormatter

    expected = io.StringIO()
    TableFormatter(SimpleNamespace(color="off", query=None))._format_response("Title", answer, expected)

    assert "".join(f"{row}\n" for row in table_layout.format_table(answer, "Title", 80, str)) == expected.getvalue()


# Members of the API that the installed aws CLI does not know yet.
NEWER = {"PolicyName", "CrossAccountPrimaryARN"}


@pytest.mark.parametrize("command", BY_COMMAND)
def test_the_skeleton_of_a_request_is_that_of_the_aws_cli(aws: Run, bare: CommandLine, command: str) -> None:
    """The aws CLI chooses a random word where the API has a list of them."""
    def read(answer: Answer) -> Any:
        words = "|".join(("name|description|tag-key|tag-value|primary-region|owning-service|all", "asc|desc",
                          "created-date|last-accessed-date|last-changed-date"))
        found = json.loads(re.sub(rf'"({words})"', '"<word>"', answer.out))
        return {name: member for name, member in found.items() if name not in NEWER}

    assert read(bare(command, "--generate-cli-skeleton")) == read(aws(command, "--generate-cli-skeleton"))
