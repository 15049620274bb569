"""The aws CLI itself as the measure: the same command lines against moto and against a vault give the same JSON.

Ids, dates, accounts and the characters of a password differ. What moto does not have is compared with the answer that
AWS documents.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import smtui
from smtui.cli import table_layout, text_layout
from smtui.cli.command_table import BY_NAME
from smtui.cli.operations import BY_COMMAND
from smtui.cli.parameters import build_request, hyphenate
from smtui.engine.request import validate
from tests.cli.conftest import Answer, CommandLine
from tests.doc_tables import ROOT

pytestmark = pytest.mark.skipif(
    not all(map(find_spec, ("awscli", "moto", "flask_cors"))), reason="the aws CLI or moto's server is not installed"
)

Run = Callable[..., Answer]
Ask = Callable[[dict[str, Any]], Any]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # takes half a second, so not in each worker that collects the tests

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def ask(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Returns a function that gives the process of the aws CLI a task, and returns its result."""
    home = str(tmp_path_factory.mktemp("aws"))
    environ = {
        "PATH": os.environ["PATH"], "HOME": home, "PYTHONPATH": str(ROOT), "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
    }
    command = [sys.executable, "-m", "tests.cli.aws_cli_process"]
    with subprocess.Popen(command, env=environ, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def give(task: dict[str, Any]) -> Any:
            process.stdin.write(json.dumps(task).encode() + b"\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield give
        process.stdin.close()


@pytest.fixture
def aws(endpoint: str, ask: Ask) -> Run:
    """Returns a function that runs `aws secretsmanager` against an empty moto."""
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()

    def run(*argv: str) -> Answer:
        found = ask({"run": argv})
        return Answer(found["code"], found["out"].encode(), found["err"])

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
# Operations that other tests of this module compare.
PREPARED = ("CancelRotateSecret", "RotateSecret")
RECORDED: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    # https://docs.aws.amazon.com/cli/latest/reference/secretsmanager/validate-resource-policy.html#examples
    "ValidateResourcePolicy": (("--secret-id", "a", "--resource-policy", "POLICY"),
                               {"PolicyValidationPassed": True, "ValidationErrors": []}),
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_StopReplicationToReplica.html
    "StopReplicationToReplica": (("--secret-id", "a", "--region", "eu-west-1"),
                                 {"ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf"}),
}
"""Operations that moto does not have: their parameters, and the answer that AWS documents."""
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

    assert {line[0] for line in SCRIPT} == {
        hyphenate(name) for name in OPERATIONS if name not in (*PREPARED, *RECORDED)}
    binary = tmp_path / "binary"
    binary.write_bytes(b"\x00\xff\n")
    for line in SCRIPT:
        words = [word.replace("FILE", str(binary)) for word in line]
        theirs, ours = aws(*words), cli(*words)
        assert (read_answer(ours), bool(ours.code)) == (read_answer(theirs), bool(theirs.code)), line


def test_rotations_give_the_json_of_the_aws_cli(aws: Run, cli: CommandLine) -> None:
    """moto rotates without a function, and remembers one that it has refused, so that the rotation can be cancelled."""
    function = "arn:aws:lambda:us-east-1:{}:function:new"
    for run in (aws, cli):
        run("create-secret", "--name", "a", "--secret-string", "one", "--client-request-token", FIRST)
    theirs, ours = (run("cancel-rotate-secret", "--secret-id", "a") for run in (aws, cli))
    assert read_answer(ours) == read_answer(theirs) == [("InvalidRequestException", "CancelRotateSecret")]
    cli.done("functions", "add", "new", "--password")
    cli.done("rotate-secret", "--secret-id", "a", "--rotation-lambda-arn", function.format("000000000000"))

    for line in (
        ("rotate-secret", "--secret-id", "a", "--rotation-rules", "AutomaticallyAfterDays=30",
         "--client-request-token", SECOND),
        ("describe-secret", "--secret-id", "a", "--query", "[RotationEnabled, RotationRules]"),
        ("rotate-secret", "--secret-id", "nowhere"), ("cancel-rotate-secret", "--secret-id", "nowhere"),
        # moto gives the VersionId of the current version, the service that of a rotation in progress.
        ("cancel-rotate-secret", "--secret-id", "a", "--query", "{ARN: ARN, Name: Name}"),
        ("describe-secret", "--secret-id", "a", "--query", "RotationEnabled"),
    ):
        if line[0] == "cancel-rotate-secret":
            aws("rotate-secret", "--secret-id", "a", "--rotation-lambda-arn", function.format("123456789012"))
        theirs, ours = aws(*line), cli(*line)
        assert (read_answer(ours), bool(ours.code)) == (read_answer(theirs), bool(theirs.code)), line


@pytest.mark.parametrize("operation", RECORDED)
def test_what_moto_lacks_gives_the_json_of_a_documented_answer(ask: Ask, cli: CommandLine, operation: str) -> None:
    """The aws CLI gets the answer that AWS documents from a server, and prints what we print."""
    words, answer = RECORDED[operation]
    line = [hyphenate(operation), *(POLICY if word == "POLICY" else word for word in words)]
    cli.done("create-secret", "--name", "a", "--add-replica-regions", "Region=eu-west-1")
    with serve_answer(answer) as (url, targets):
        theirs = ask({"run": [*line, "--endpoint-url", url]})

    assert (theirs["code"], targets) == (0, [f"secretsmanager.{operation}"])
    assert compare(json.loads(cli.done(*line))) == compare(json.loads(theirs["out"]))


@contextmanager
def serve_answer(answer: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives this answer to every request. Yields its URL, and the operations that it was asked for."""
    targets: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            targets.append(self.headers["X-Amz-Target"])
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", targets
        finally:
            server.shutdown()
            thread.join()


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
    from smtui.cli.global_options import BEFORE_COMMAND

    place = find_spec("awscli")
    assert place is not None
    assert place.origin is not None
    said = json.loads(Path(place.origin).with_name("data").joinpath("cli.json").read_text())["options"]

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
NAMES, LISTS = (st.text(alphabet=letters, min_size=1, max_size=6) for letters in ("abc", "XYZ"))
WORDS = st.lists(st.text(alphabet="xy", min_size=1), max_size=3)


def join_members(scalars: st.SearchStrategy[Any], lists: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Structures in which a name is always of one type, as in an API."""
    both = st.tuples(st.dictionaries(NAMES, scalars, max_size=3), st.dictionaries(LISTS, lists, max_size=2))
    return both.map(lambda parts: {**parts[0], **parts[1]}).filter(bool)


STRUCTURES = join_members(SCALARS, WORDS)
ANSWERS = join_members(SCALARS, STRUCTURES | st.lists(STRUCTURES, max_size=3) | WORDS)


@pytest.mark.parametrize("layout", ["text", "table"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(answer=ANSWERS)
def test_the_layout_is_that_of_the_aws_cli(ask: Ask, layout: str, answer: dict[str, Any]) -> None:
    rows = (text_layout.format_text(answer, str) if layout == "text" else
            table_layout.format_table(answer, "Title", 80, str))

    assert "".join(f"{row}\n" for row in rows) == ask({"format": layout, "answer": answer})["out"]


TOKEN = ("--client-request-token", FIRST)
PAGE = ("--max-results", "5")
# Command lines of which the requests are compared. FILE, JSON and TAGS are files.
REQUESTS: tuple[tuple[str, ...], ...] = (
    *(("tag-resource", "--secret-id", "a", "--tags", *tags) for tags in (
        ("Key=a,Value=b", "Key=c,Value=d"), ('Key=a,Value="b,c"',), ("Key=a,Value='b c'",), ("Key=a, Value= b ",),
        ("Key=a,Value=",), ("Key=a,Value=b=c=d",), ("Key=a,Value=b\\,c",), ("Key=a,Value=C:\\dir\\x",),
        ("Key=ü 漢,Value=é",), ("Key=a b,Value=c/d:e",), ("Key=a,Value=true",), ("Key=a,Value=12",),
        ('[{"Key":"a","Value":"b"}]',), ('{"Key":"a","Value":"b"}', '{"Key":"c","Value":"d"}'), (), ("Value=b",),
        ("file://TAGS",), ("Kex=a",), ("key=a,value=b",), ("a",), ("",), ("Key=a,Value=b,",),
        ("Key=a,Value=b,Key=c,Value=d",), ('[{"Key":"a","Value":1}]',), ("Key=a,Value=it's",),
        ('Key=a,Value=say "x"',), ("Key=a,Value=[b]",), ("Key=a,Value={b}",), ("Key=a,Value=b]",),
    )),
    *(("untag-resource", "--secret-id", "a", "--tag-keys", *keys) for keys in (
        ("a", "b c"), ('["a","b"]',), ("a,b",), ("[a]",))),
    *(("list-secrets", *PAGE, "--filters", *filters) for filters in (
        ("Key=name,Values=a,b", "Key=all,Values=x"), ("Key=name,Values=[a,b]",), ("Values=a,b,Key=name",),
        ('Key=name,Values="a b",c',), ("Key=name,Values=!a",))),
    ("list-secrets", *PAGE, "--include-planned-deletion", "--sort-order", "desc", "--sort-by", "name"),
    ("list-secrets", *PAGE, "--no-include-planned-deletion", "--next-token", "x"),
    *(("rotate-secret", "--secret-id", "a", *TOKEN, "--rotation-rules", rules) for rules in (
        "AutomaticallyAfterDays=30", 'Duration=2h,ScheduleExpression="cron(0 10 * * ? *)"',
        "ScheduleExpression=cron(0 10 * * ? *),Duration=3h", "ScheduleExpression='cron(0 8 1,15 * ? *)'",
        '{"AutomaticallyAfterDays": 7}', "AutomaticallyAfterDays=x")),
    ("rotate-secret", "--secret-id", "a", *TOKEN, "--no-rotate-immediately", "--rotation-lambda-arn", "arn:aws:x"),
    ("cancel-rotate-secret", "--secret-id", "a"), ("stop-replication-to-replica", "--secret-id", "a"),
    ("validate-resource-policy", "--resource-policy", POLICY, "--secret-id", "a"),
    ("put-resource-policy", "--secret-id", "a", "--resource-policy", POLICY, "--block-public-policy"),
    ("replicate-secret-to-regions", "--secret-id", "a", "--force-overwrite-replica-secret",
     "--add-replica-regions", "Region=eu-west-1,KmsKeyId=alias/x", "Region=us-west-2"),
    ("remove-regions-from-replication", "--secret-id", "a", "--remove-replica-regions", "eu-west-1", "us-west-2"),
    *(("create-secret", *TOKEN, *words) for words in (
        ("--name", "a", "--description", ""), ("--name=a", "--secret-string=--x"),
        ("--name", "a", "--secret-string", '{"a": 1}'), ("--name", "a", "--secret-string", "file://FILE"),
        ("--name", "a", "--secret-string", "file://nowhere"), ("--name", "a", "--secret-binary", "fileb://FILE"),
        ("--cli-input-json", '{"Name":"a","SecretString":"x"}', "--name", "b"), ("--cli-input-json", "file://JSON"),
        ("--cli-input-json", "{"), (), ("--name", "a", "b"))),
    ("delete-secret", "--secret-id", "a", "--recovery-window-in-days", "7"),
    ("delete-secret", "--secret-id", "a", "--recovery-window-in-days", "7.5"),
    ("delete-secret", "--secret-id", "a", "--force-delete-without-recovery", "--no-force-delete-without-recovery"),
    ("put-secret-value", "--secret-id", "a", *TOKEN, "--secret-string", "x", "--version-stages", "A", "B"),
    ("put-secret-value", "--secret-id", "a", *TOKEN, "--secret-string", "x", "--version-stages", '["A","B"]'),
    ("batch-get-secret-value", "--secret-id-list", "a", "b"),
    ("get-random-password", "--password-length", "010", "--exclude-characters", "'\"\\,", "--no-include-space"),
    ("get-random-password", "--password-length", "x"),
    ("update-secret-version-stage", "--secret-id", "a", "--version-stage", "S", "--move-to-version-id", FIRST),
    ("describe-secret", "--secret-id", "a", "--secret-id", "b"), ("describe-secret", "--secret-id", "-1"),
    ("describe-secret", "--secret-id", "-x"), ("describe-secret", "--sec", "a"),
)
# What the aws CLI refuses as shorthand, and we take literally: it can have only one meaning for a text.
TAKEN_LITERALLY = {"Key=a,Value=it's", 'Key=a,Value=say "x"', "Key=a,Value=[b]", "Key=a,Value={b}", "Key=a,Value=b]"}


def test_the_request_of_a_command_line_is_that_of_the_aws_cli(ask: Ask, tmp_path: Path) -> None:
    """In shorthand and JSON, from files, with flags: the same request, or both refuse."""
    files = {"FILE": '"text"\n', "JSON": '{"Name": "a", "Tags": [{"Key": "k", "Value": "v"}]}',
             "TAGS": '[{"Key": "k", "Value": "v"}]'}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    for line in REQUESTS:
        words = [re.sub(rf"//({'|'.join(files)})$", rf"//{tmp_path}/\1", word) for word in line]
        theirs = ask({"build": words})
        if not TAKEN_LITERALLY & set(line):
            assert build(words) == theirs.get("request"), (line, theirs)
        else:
            assert (build(words) is None, "refused" in theirs) == (False, True), line


def build(words: list[str]) -> Any:
    """Our request, with bytes as a list of numbers; None if it is refused."""
    operation = BY_COMMAND[words[0]]
    try:
        args = BY_NAME[words[0]].make_parser().parse_words(words[1:])
        request = validate(operation.request, build_request(operation, vars(args)))
    except smtui.SmtuiError:
        return None
    return {name: list(value) if isinstance(value, bytes) else value for name, value in request.items()}


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
