"""Tests of commands on AWS accounts, against moto's server, and of `smtui contexts`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from smtui.cli import import_long
from smtui.cli.commands import execute
from smtui.system.settings import get_settings_path, load_settings
from smtui.transfer import apply
from tests.aws_server import ACCOUNT, DENIED, EXPIRED, HTML, OTHER_ACCOUNT, RESET, THROTTLED, Aws
from tests.cli.conftest import Answer, CommandLine
from tests.conftest import PASSPHRASE

WRITES = ("Create", "Put", "Update", "Delete", "Tag", "Untag", "Restore", "Rotate", "Cancel", "Replicate", "Remove")
VERSION = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
def on_aws(bare: CommandLine, aws: Aws) -> CommandLine:
    """The command line, the contexts `dev` (not protected) and `prod` (protected), and a secret with two versions."""
    bare.done("contexts", "add", "dev", "--profile", "a", "--protect", "no")
    bare.done("contexts", "add", "prod", "--profile", "a", "--account", ACCOUNT)
    client = aws.client()
    client.create_secret(Name="prod/db", SecretString='{"user":"ann","password":"first"}', ClientRequestToken=VERSION)
    client.put_secret_value(SecretId="prod/db", SecretString='{"user":"ann","password":"second"}')
    aws.proxy.calls.clear()
    return bare


def list_writes(aws: Aws) -> list[str]:
    return [call for call in aws.proxy.calls if call.startswith(WRITES)]


class TestContexts:
    def test_what_is_added_is_listed_and_removed(self, bare: CommandLine, aws: Aws) -> None:
        bare.done("contexts", "add", "prod", "--profile", "a", "--account", ACCOUNT, "--regions", "eu-west-1",
                  "us-east-1", "--protect", "ask", "--colour", "red")
        bare.done("contexts", "add", "team", "--vault", "~/team.vault")
        lines = bare.done("contexts").splitlines()

        assert lines[1].split() == ["prod", "aws", ACCOUNT, "eu-west-1", "us-east-1", "ask", "profile", "a"]
        assert lines[2].split() == ["team", "vault", "-", "-", "no", "~/team.vault"]
        assert any(line.split() == ["b", "aws", "-", "-", "read", "profile", "b"] for line in lines), "not in a table"
        assert load_settings().list_contexts()["prod"].colour == "red"
        assert json.loads(bare.done("contexts", "--output", "json"))[0]["account"] == ACCOUNT
        bare.done("contexts", "remove", "prod")
        assert [*load_settings().list_contexts()] == ["team"]

    @pytest.mark.parametrize(("argv", "said"), [
        (["add"], "of the context"), (["add", "prod"], "needs either profile or vault"), (["list", "x"], "no name"),
        (["add", "a@b", "--profile", "a"], "letters, digits"), (["remove", "x", "--profile", "a"], "option of add"),
        (["add", "prod", "--profile", "a", "--account", "12"], "12 digits"),
    ])
    def test_a_mistake_is_a_usage_error(self, bare: CommandLine, argv: list[str], said: str) -> None:
        answer = bare("contexts", *argv)

        assert (answer.code, said in answer.err) == (2, True), answer.err
        assert not get_settings_path().exists()

    def test_what_is_not_there_cannot_be_removed(self, bare: CommandLine, aws: Aws) -> None:
        assert bare("contexts", "remove", "prod").code == 4

    def test_the_kept_list_of_a_context_is_forgotten(self, cli: CommandLine) -> None:
        with smtui.open_vault(cli.path, PASSPHRASE) as vault:
            for name in ("prod", "other"):
                vault.kept_indexes.store(name, "us-east-1", b"x")

        said = cli.done("contexts", "forget", "prod")
        again = cli.done("contexts", "forget", "prod")

        assert (said, again) == ("prod: the kept list is deleted\n", "prod: no list is kept\n")
        with smtui.open_vault(cli.path, PASSPHRASE) as vault:
            assert vault.kept_indexes.list_contexts() == ["other"]

    def test_a_test_signs_in_and_lists(self, on_aws: CommandLine, aws: Aws) -> None:
        lines = on_aws.done("contexts", "test", "prod").splitlines()

        assert lines == ["prod: profile a, protected from changes", f"account: {ACCOUNT}", "Region: us-east-1",
                         "ListSecrets: allowed, secrets found"]
        assert aws.proxy.calls == ["GetCallerIdentity", "ListSecrets"]


class TestEverydayCommands:
    def test_reading(self, on_aws: CommandLine, aws: Aws) -> None:
        assert on_aws.done("ls", "--context", "prod") == "prod/db\n"
        assert on_aws.done("--context", "prod", "get", "prod/db#password") == "second"
        assert on_aws.done("--context", "prod", "get", "prod/db~1#password") == "first"
        assert on_aws.done("--context", "b", "ls") == "", "a profile is a context too"
        assert on_aws("diff", "prod/db~1", "prod/db", "--context", "prod").out == "~ password\n"
        assert "AWSCURRENT" in on_aws.done("history", "prod/db", "--context", "prod")
        exported = json.loads(on_aws.done("export", "--context", "prod", "--prefix", "prod/"))
        assert exported[0]["SecretString"] == '{"user":"ann","password":"second"}'
        assert list_writes(aws) == []

    def test_one_page_of_the_list_is_one_call(self, on_aws: CommandLine, aws: Aws) -> None:
        on_aws.done("ls", "--context", "dev")

        assert aws.proxy.calls == ["ListSecrets"]

    def test_writing(self, on_aws: CommandLine, aws: Aws) -> None:
        on_aws.done("set", "prod/db#password", "-", "--context", "dev", stdin=b"third")
        assert on_aws.done("get", "prod/db#password", "--context", "dev") == "third"
        on_aws.done("rollback", "prod/db", "--context", "dev")
        assert on_aws.done("get", "prod/db:AWSCURRENT#password", "--context", "dev") == "second"
        on_aws.done("set", "new", "-", "--context", "dev", stdin=b"x")
        on_aws.done("cp", "prod/db", "copy", "--yes", "--context", "dev")
        assert on_aws.done("ls", "--context", "dev").splitlines() == ["prod/db", "new", "copy"]

    def test_a_region_stands_behind_the_name(self, on_aws: CommandLine) -> None:
        on_aws.done("set", "there", "-", "--context", "dev@eu-west-1", stdin=b"x")

        assert on_aws.done("ls", "--context", "dev@eu-west-1") == "there\n"
        assert on_aws.done("ls", "--context", "dev", "--region", "eu-west-1") == "there\n"
        assert on_aws.done("ls", "--context", "dev") == "prod/db\n"

    def test_exec_gets_the_values(self, on_aws: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        found: list[dict[str, str]] = []
        monkeypatch.setattr(execute, "replace_process", lambda program, words, environ, secrets: found.append(secrets))
        on_aws("exec", "--context", "prod", "prod/db", "--", "true")

        assert found == [{"user": "ann", "password": "second"}]

    def test_the_variable_names_the_context(self, on_aws: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SMTUI_VAULT")
        monkeypatch.setenv("SMTUI_CONTEXT", "prod")

        assert on_aws.done("ls") == "prod/db\n"
        assert on_aws("ls", "--vault", "none.vault").code == 4, "an option goes before the variable"

    def test_the_operations_of_the_aws_cli(self, on_aws: CommandLine) -> None:
        described = json.loads(on_aws.done("describe-secret", "--secret-id", "prod/db", "--context", "prod"))
        assert described["Name"] == "prod/db"
        assert on_aws.done("--context", "dev", "secretsmanager", "get-secret-value", "--secret-id", "prod/db",
                           "--query", "SecretString", "--output", "text").startswith('{"user"')
        on_aws.done("tag-resource", "--secret-id", "prod/db", "--tags", "Key=a,Value=b", "--context", "dev")
        refused = on_aws("describe-secret", "--secret-id", "none", "--context", "dev")
        assert (refused.code, "(ResourceNotFoundException)" in refused.err) == (1, True)

    def test_health_and_policies(self, on_aws: CommandLine, aws: Aws) -> None:
        policy = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}
        aws.client().put_resource_policy(SecretId="prod/db", ResourcePolicy=json.dumps(policy))
        aws.proxy.calls.clear()

        found = on_aws.done("health", "--context", "prod")
        assert "alert: public (1)" in found
        assert "prod/db: its policy grants broad access" in found
        assert "GetSecretValue" not in aws.proxy.calls
        assert "GetSecretValue" in on_aws.done("policy", "who-can", "GetSecretValue", "prod/db", "--context", "prod")
        explained = on_aws("policy", "explain", "prod/db", "--as", f"arn:aws:iam::{ACCOUNT}:user/x", "--context",
                           "aws:SourceIp=10.0.0.1", "--context", "prod")
        assert (explained.code, "IAM policies" in explained.err) == (1, True)

    def test_keys_tell_a_lower_limit(self, on_aws: CommandLine, aws: Aws) -> None:
        key = aws.client(service="kms").create_key(Description="orders")["KeyMetadata"]
        aws.client().create_secret(Name="sealed", SecretString="x", KmsKeyId=key["Arn"])

        assert f"{key['KeyId']}  Enabled  -         1+" in on_aws.done("keys", "--context", "dev")
        assert "at least 1 version of 1 secret" in on_aws.done("keys", "delete", key["KeyId"], "--context", "dev")
        assert "encrypts at least 1 version of 1 secret" in on_aws.done("health", "--context", "dev")


class TestWhatAnAccountDoesNotHave:
    @pytest.mark.parametrize("argv", [
        ["check"], ["backup", "copy.vault"], ["passwd"], ["recover"], ["keyring", "status"], ["functions"],
        ["rotate-due"], ["init"], ["audit", "--keep", "30"],
    ])
    def test_commands_for_vaults_say_so(self, on_aws: CommandLine, aws: Aws, argv: list[str]) -> None:
        answer = on_aws(*argv, "--context", "prod")

        assert (answer.code, answer.out) == (1, "")
        assert "prod: An AWS account is not a file" in answer.err
        assert aws.proxy.calls == []

    def test_audit_shows_the_events_of_cloud_trail(self, on_aws: CommandLine, aws: Aws) -> None:
        """And says that they come late."""
        aws.proxy.events.append({
            "eventID": "1", "eventName": "PutSecretValue", "eventSource": "secretsmanager.amazonaws.com",
            "eventTime": "2026-11-24T09:30:00Z", "readOnly": False, "requestParameters": {"secretId": "prod/db"},
            "userIdentity": {"arn": f"arn:aws:iam::{ACCOUNT}:user/alice"}})
        answer = on_aws("audit", "--context", "prod")

        assert answer.code == 0
        assert answer.out.split()[2:] == ["PutSecretValue", "prod/db", "user/alice", "done"]
        assert "the last 90 days" in answer.err
        aws.proxy.faults["LookupEvents"] = DENIED
        assert on_aws("audit", "--context", "prod").code == 1


class TestProtection:
    @pytest.mark.parametrize("argv", [
        ["set", "prod/db", "-"], ["rollback", "prod/db"], ["cp", "prod/db", "b", "--yes"],
        ["mv", "prod/db", "b", "--yes"], ["import", "-"], ["delete-secret", "--secret-id", "prod/db"],
        ["keys", "create"],
    ])
    def test_nothing_is_changed_in_a_protected_account(self, on_aws: CommandLine, aws: Aws, argv: list[str]) -> None:
        answer = on_aws(*argv, "--context", "prod", stdin=b"A=1\n")

        assert answer.code == 4
        assert "prod is protected from changes" in answer.err
        assert "--rw allows changes for one command" in answer.err
        assert list_writes(aws) == []

    def test_one_command_can_be_allowed(self, on_aws: CommandLine, aws: Aws) -> None:
        on_aws.done("set", "prod/db", "-", "--context", "prod", "--rw", stdin=b"x")

        assert list_writes(aws) == ["UpdateSecret"]
        assert on_aws("set", "prod/db", "-", "--context", "dev", "--read-only", stdin=b"x").code == 4
        assert on_aws("set", "a", "-", "--context", "dev", "--read-only", "--rw", stdin=b"x").code == 2

    def test_a_question_names_the_account(self, on_aws: CommandLine, aws: Aws) -> None:
        on_aws.done("contexts", "add", "ask", "--profile", "a", "--protect", "ask")
        without_terminal = on_aws("set", "prod/db", "-", "--context", "ask", stdin=b"x")
        assert (without_terminal.code, "no terminal" in without_terminal.err) == (2, True)
        on_aws.person.present = True
        on_aws.person.answers = ["no", "yes"]
        assert on_aws("set", "prod/db", "-", "--context", "ask", stdin=b"x").code == 1
        assert list_writes(aws) == []
        on_aws.done("set", "prod/db", "-", "--context", "ask", stdin=b"x")

        assert list_writes(aws) == ["UpdateSecret"]
        assert f"UpdateSecret in ask (account {ACCOUNT}, us-east-1)?" in on_aws.person.asked[0]

    def test_another_account_behind_the_profile(self, on_aws: CommandLine, aws: Aws) -> None:
        on_aws.done("contexts", "add", "wrong", "--profile", "a", "--account", OTHER_ACCOUNT)
        answer = on_aws("ls", "--context", "wrong")

        assert (answer.code, answer.out) == (3, "")
        assert aws.proxy.calls == ["GetCallerIdentity"]


@pytest.mark.parametrize(("fault", "code", "said"), [
    (DENIED, 1, "(AccessDeniedException)"), (THROTTLED, 1, "(ThrottlingException)"), (EXPIRED, 3, "expired"),
    (HTML, 4, "not from AWS"), (RESET, 4, "connection was closed"),
])
@pytest.mark.parametrize("argv", [["ls"], ["get", "prod/db"], ["get-secret-value", "--secret-id", "a"]])
def test_each_fault_has_its_exit_code(
    on_aws: CommandLine, aws: Aws, fault: str, code: int, said: str, argv: list[str]
) -> None:
    aws.proxy.faults["*"] = fault
    answer = on_aws(*argv, "--context", "dev")

    assert (answer.code, answer.out) == (code, ""), answer.err
    assert said in answer.err
    assert "hint: " in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(("profile", "code"), [("offline", 4), ("sso", 3), ("process", 3), ("empty", 3), ("none", 4)])
def test_who_cannot_sign_in_gets_the_exit_code(bare: CommandLine, aws: Aws, profile: str, code: int) -> None:
    assert bare("ls", "--context", profile).code == code


def test_a_code_for_mfa_is_asked_on_the_terminal(bare: CommandLine, aws: Aws) -> None:
    assert bare("ls", "--context", "mfa").code == 3
    bare.person.present = True
    bare.person.answers = ["123456"]

    assert bare("ls", "--context", "mfa").code == 0


def test_only_permission_to_store_is_enough_to_store(on_aws: CommandLine, aws: Aws) -> None:
    aws.proxy.faults.update(dict.fromkeys(["UpdateSecret", "DescribeSecret", "ListSecretVersionIds"], DENIED))
    on_aws.done("set", "prod/db", "-", "--context", "dev", stdin=b"x")

    assert on_aws.done("get", "prod/db", "--context", "dev") == "x"


class TestImport:
    def run(self, cli: CommandLine, *argv: str) -> Answer:
        return cli("import", "-", "--context", "dev", *argv, stdin=b"A=1\nB=2\nC=3\n")

    def test_a_dry_run_sends_no_change(self, on_aws: CommandLine, aws: Aws) -> None:
        answer = self.run(on_aws, "--dry-run")

        assert (answer.code, answer.out.splitlines()[-1]) == (0, "would import: new secrets 3")
        assert list_writes(aws) == []

    def test_a_list_that_is_read_in_parts_elsewhere_is_imported_too(
        self, on_aws: CommandLine, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An account has no transaction that a failure in the middle of the file could roll back."""
        monkeypatch.setattr(import_long, "LONG", 0)
        (tmp_path / "long.json").write_text('[{"Name": "a", "SecretString": "1"}, {"Name": "b", "SecretString": "2"}]')

        assert "new secrets 2" in on_aws.done("import", str(tmp_path / "long.json"), "--context", "dev")
        assert aws.client().get_secret_value(SecretId="b")["SecretString"] == "2"

    def test_an_import_that_was_interrupted_is_continued(
        self, on_aws: CommandLine, aws: Aws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, calls = apply.apply_plan, list[int]()

        def interrupt_the_second(target: object, steps: object, progress: object = None) -> object:
            calls.append(1)
            if len(calls) == 2:
                aws.proxy.faults["CreateSecret"] = DENIED
            return real(target, steps)  # type: ignore[arg-type]

        monkeypatch.setattr(apply, "apply_plan", interrupt_the_second)
        stopped = self.run(on_aws)
        assert stopped.code == 1
        assert "1 of 3 changes are applied and stay. To continue, run the same import again." in stopped.err
        assert "Affected: B" in stopped.err
        aws.proxy.faults.clear()
        assert self.run(on_aws).out == "imported: new secrets 2, unchanged 1\n"
        assert aws.calls["CreateSecret"] == 4, "one, one that was refused, two"

    def test_what_somebody_else_stored_stops_it(self, on_aws: CommandLine, aws: Aws) -> None:
        aws.client().create_secret(Name="B", SecretString="other")
        assert self.run(on_aws).code == 1
        assert aws.calls["CreateSecret"] == 1, "the one of the test"
        assert self.run(on_aws, "--update").out == "imported: new secrets 2, new versions 1\n"
        assert on_aws.done("get", "B:AWSCURRENT", "--context", "dev") == "2"


def test_a_vault_is_a_context(stocked: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    stocked.done("contexts", "add", "team", "--vault", str(stocked.path))
    stocked.done("contexts", "add", "old", "--vault", str(stocked.path), "--protect", "read")
    monkeypatch.setenv("SMTUI_VAULT", "nowhere.vault")

    assert stocked.done("get", "prod/text", "--context", "team") == "plain text\n"
    stocked.done("check", "--context", "team")
    assert stocked("set", "a", "-", "--context", "old", stdin=b"x").code == 4
    stocked.done("set", "a", "-", "--context", "old", "--rw", stdin=b"x")
    assert stocked("ls", "--context", "team", "--vault", "x").code == 2
    assert stocked("ls", "--context", "nobody").code == 4
    assert stocked("ls", "--context", "a b").code == 2


@pytest.mark.parametrize("argv", [["ls"], ["contexts", "add", "prod", "--profile", "prod"], ["--help"]])
def test_commands_on_a_vault_do_not_import_boto3(stocked: CommandLine, argv: list[str]) -> None:
    code = f"import sys; from smtui.cli.main import run; run({argv!r}); print([*sys.modules], file=sys.stderr)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                           env={**__import__("os").environ, "SMTUI_PASSPHRASE": "correct horse battery staple"})

    assert "boto" not in ended.stderr.replace("smtui.api.boto", "").replace("smtui/api/boto", "")


def test_the_passphrase_of_a_vault_does_not_reach_a_credential_process(
    bare: CommandLine, aws: Aws, tmp_path: Path, file: Callable[[str, str | bytes], str]
) -> None:
    seen = tmp_path / "seen"
    script = file("process.sh", f"#!/bin/sh\nenv > {seen}\nexit 1\n")
    aws.config.write_text(f"[profile leaky]\nregion = us-east-1\ncredential_process = /bin/sh {script}\n")

    assert bare("ls", "--context", "leaky").code == 3
    assert "SMTUI_PASSPHRASE" not in seen.read_text()


@pytest.mark.parametrize("argv", [
    ["export", "--output", "-"], ["export", "prod/db", "prod/other", "--output", "-"], ["health"],
    ["exec", "--prefix", "prod/", "--", "true"], ["import", "new.json"], ["import", "new.json", "--dry-run"],
])
def test_very_many_calls_say_first_what_they_cost(
    on_aws: CommandLine, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str],
) -> None:
    """Number, price and time. Few calls need no note."""
    aws.client().create_secret(Name="prod/other", SecretString="x")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(execute, "replace_process", lambda *_: None)

    def run(names: str) -> Answer:
        (tmp_path / "new.json").write_text(json.dumps({f"{names}/{number}": "x" for number in range(3)}))
        return on_aws(argv[0], "--context", "dev", *argv[1:])

    assert "calls, $" not in run("few").err
    monkeypatch.setattr("smtui.api.context.MANY_CALLS", 0)
    many = run("many").err
    assert "note: This takes about " in many and " calls, $0.00, " in many
