"""What is fed with whatever comes: each target takes bytes, and raises nothing but what it declares.

A target answers normally for input it refuses; anything that escapes it is a finding. `SEEDS` are inputs it
understands, from which others are made. New targets are functions with the decorator, and nothing else.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import smtui
from smtui.api.errors import SmtuiError
from smtui.api.model import OPERATIONS
from smtui.cli import shorthand
from smtui.engine.client import format_method_name
from smtui.policy import decide, exposure, grammar
from smtui.policy.statements import MalformedPolicyError
from smtui.policy.warnings import find_warnings
from smtui.rotation import rpc_codec
from smtui.rotation.function import Task
from smtui.rotation.rpc_server import RpcServer
from smtui.rules import schedules
from smtui.text import strict_json
from smtui.text.json_object import read_members, read_object
from smtui.transfer import formats
from smtui.transfer.errors import TransferError
from smtui.tui.secret import values
from smtui.tui.secret_list import filter_text
from smtui.vault import kdf

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:a-AbCdEf"
Target = Callable[[bytes], None]


@dataclass(frozen=True)
class Fuzzed:
    """`seeds` are inputs that are understood."""

    run: Target
    seeds: tuple[bytes, ...]


TARGETS: dict[str, Fuzzed] = {}


def target(*seeds: str | bytes) -> Callable[[Target], Target]:
    def remember(run: Target) -> Target:
        as_bytes = tuple(seed if isinstance(seed, bytes) else seed.encode() for seed in seeds)
        TARGETS[run.__name__.replace("_", "-")] = Fuzzed(run, as_bytes)
        return run

    return remember


def text_of(data: bytes) -> str:
    """Lone surrogates included: from JSON and from command lines they do come."""
    return data.decode("utf-8", "surrogateescape")


@cache
def vault() -> smtui.Vault:
    """One vault for all requests. Its folder goes with the process."""
    cheap = {number: kdf.Profile(memory_cost=64, iterations=1, lanes=1) for number in kdf.PROFILES}
    folder = tempfile.TemporaryDirectory(prefix="smtui-fuzz-")
    with mock.patch.object(kdf, "PROFILES", cheap):
        opened = smtui.create_vault(Path(folder.name) / "a.vault", "a passphrase", clock=lambda: NOW)
    opened.folder = folder  # type: ignore[attr-defined]
    for name in ("a", "b", "c"):
        opened.client().create_secret(Name=name, SecretString='{"k": "v"}', Tags=[{"Key": "t", "Value": name}])
    return opened


def _json(data: bytes) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(data)
    return None


@target(
    '["CreateSecret", {"Name": "x", "SecretString": "y", "Tags": [{"Key": "k", "Value": "v"}]}]',
    '["PutSecretValue", {"SecretId": "a", "SecretString": "y", "VersionStages": ["AWSPENDING"]}]',
    '["UpdateSecretVersionStage", {"SecretId": "a", "VersionStage": "x", "MoveToVersionId": "y"}]',
    '["ListSecrets", {"Filters": [{"Key": "name", "Values": ["!a"]}], "MaxResults": 2, "SortBy": "name"}]',
    '["DeleteSecret", {"SecretId": "a", "RecoveryWindowInDays": 7}]', '["RestoreSecret", {"SecretId": "a"}]',
    '["RotateSecret", {"SecretId": "a", "RotationRules": {"ScheduleExpression": "rate(4 hours)", "Duration": "2h"}}]',
    '["ReplicateSecretToRegions", {"SecretId": "a", "AddReplicaRegions": [{"Region": "eu-west-1", "KmsKeyId": "k"}]}]',
    '["GetRandomPassword", {"PasswordLength": 5, "ExcludeCharacters": "abc", "RequireEachIncludedType": true}]',
    '["PutResourcePolicy", {"SecretId": "a", "ResourcePolicy": "{}", "BlockPublicPolicy": true}]',
    '["BatchGetSecretValue", {"SecretIdList": ["a", "b"]}]', '["TagResource", {"SecretId": "a", "Tags": []}]',
)
def requests(data: bytes) -> None:
    """An operation and its request, as JSON: whatever is wrong with it is refused by one of AWS's names."""
    match _json(data):
        case [str(operation), dict(request)] if operation in OPERATIONS:
            with suppress(SmtuiError), vault().transaction():
                getattr(vault().client(), format_method_name(operation))(**request)
                raise SmtuiError  # nothing of it is kept


@target(
    '{"operation": "GetSecretValue", "params": {"SecretId": "a"}}', '{"operation": "GetRandomPassword", "params": {}}',
    '{"operation": "PutSecretValue", "params": {"SecretId": "a", "SecretBinary": {"$bytes": "eA=="}}}', "[1]",
    '{"operation": "UpdateSecretVersionStage", "params": {"SecretId": "a", "VersionStage": {"$time": "2026-01-01"}}}',
)
def calls_of_functions(data: bytes) -> None:
    """What a rotation function sends: carried out, or answered with an error."""
    task = Task(ARN, "a", "rotation", "createSecret", "x" * 36, "y" * 36, {}, lambda: True)
    with suppress(SmtuiError), vault().transaction():
        [answered] = rpc_codec.decode(RpcServer(task, vault().client()).answer(data)).keys()
        assert answered in ("result", "error")
        raise SmtuiError  # nothing of it is kept


@target("eyJhIjogMX0=", "A" * 60, "", "=" * 9, "ÿ")
def page_tokens(data: bytes) -> None:
    """A token that we did not make is refused, whatever it is."""
    with suppress(SmtuiError):
        vault().client().list_secrets(NextToken=text_of(data))
        raise AssertionError("a token from outside was taken")


@target("name", "!prod", "all:x y", 'a"b', "\x00", "-", "a:b:c", "%_")
def filters(data: bytes) -> None:
    """Every kind of filter with this value, and the filter bar with it as it is typed."""
    typed = text_of(data)
    asked = filter_text.parse_filter(typed)
    for key in ("name", "description", "tag-key", "tag-value", "primary-region", "owning-service", "all"):
        with suppress(SmtuiError):
            vault().client().list_secrets(Filters=[{"Key": key, "Values": [typed]}])
    if asked.filters:
        vault().client().list_secrets(Filters=list(asked.filters))


@target(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"secretsmanager:*",'
    '"Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":["arn:aws:iam::1*:role/x","${aws:username}"]}}}]}',
    '{"Statement":{"Sid":"a","Effect":"Deny","NotPrincipal":{"Service":"rds.amazonaws.com"},"NotAction":["*Get*"],'
    '"NotResource":"*","Condition":{"IpAddressIfExists":{"aws:SourceIp":"10.0.0.0/8"},"Null":{"aws:x":"true"}}}}',
    '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*",'
    '"Condition":{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"},"NumericLessThan":{"aws:x":"1e9"},'
    '"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"BinaryEquals":{"aws:y":"aGk="},"Bool":{"aws:z":true}}}]}',
)
def policies(data: bytes) -> None:
    """A policy is malformed, or it can be warned about, decided by and searched for strangers."""
    with suppress(MalformedPolicyError):
        policy = grammar.parse(text_of(data))
        find_warnings(policy)
        for identity in (decide.Identity("arn:aws:iam::111122223333:user/a"), decide.Identity()):
            decide.decide(policy, decide.Request(identity, "GetSecretValue", ARN, {"aws:sourceip": "203.0.113.7"}))
        exposure.find_broad_access(policy, resource=ARN, owner="000000000000", now=NOW)


@target("rate(4 hours)", "rate(10 days)", "cron(0 16 1,15 * ? *)", "cron(0/15 9-17 ? 1/2 MON#2,FRIL 2026-2030)",
        "cron(0 8 LW * ? *)", "cron(0 8 29 2 ? *)", "rate(1 day)|2h", "cron(0 8 1 1 ? 2199)|24h")
def schedule_expressions(data: bytes) -> None:
    """An expression, and after a bar a duration: understood and with windows that follow each other, or refused."""
    expression, _, duration = text_of(data).partition("|")
    with suppress(schedules.InvalidScheduleError):
        rules = schedules.parse_rules(expression=expression, duration=duration or None)
        if rules is not None:
            windows = schedules.list_next_windows(rules, NOW - timedelta(days=1), NOW, 3)
            assert all(first.start < second.start for first, second in pairwise(windows))


@target('{"a": [1, 2.5, "x", null, true]}', "[[[]]]", '{"a":1,"a":2}', "NaN", '"\\ud800"', "1e999", "-0")
def json_texts(data: bytes) -> None:
    """Strict JSON reads back what it wrote; a value's members can be found and written again."""
    text = text_of(data)
    with suppress(strict_json.StrictJsonError):
        value = strict_json.parse_strict_json(text)
        assert strict_json.parse_strict_json(strict_json.format_json(value)) == value
    pairs = [values.Pair(number, member.key, member.text) for number, member in enumerate(read_members(text))]
    assert not pairs or values.rewrite_object(text, pairs) == text
    if found := read_object(text):
        key = "k" * 1000
        more = read_object(found.set_text(key, text))
        assert more and more.members[-1].string == text and more.remove_member(key) == text


@target("Key=a,Value=b", "Key=a,Value=b Key=c,Value=d", '[{"Key": "a"}]', "a=[b,c],d={e=f}", "Key='a b',Value=\"c\"")
def shorthands(data: bytes) -> None:
    """The command line's short way of writing structures."""
    for operation in ("TagResource", "RotateSecret", "ListSecrets", "ReplicateSecretToRegions"):
        with suppress(shorthand.ShorthandError):
            shorthand.parse(text_of(data), OPERATIONS[operation].request)


@target(
    "A=1\nexport B='x y' # c\nC=\"a\\nb\"\n\n# only a comment\nD=`x`\n", '{"a": "b", "c": {"d": 1}, "e": null}',
    '{"SecretValues": [{"Name": "x", "SecretString": "y"}, {"Name": "z", "SecretBinary": "AAE="}], "Errors": [{}]}',
    '[{"ARN": "a", "Name": "rds!x", "SecretString": "y", "OwningService": "rds"}]', b"\xef\xbb\xbfA=1",
)
def import_files(data: bytes) -> None:
    """A file in any format, also one it is not in."""
    for format in (None, *formats.ImportFormat):
        with suppress(TransferError):
            for entry in formats.parse(data, "f", format).entries:
                assert entry.name is not None


@cache
def _pristine() -> tuple[bytes, bytes]:
    """A closed vault's file and the key that opens it."""
    original = vault()
    copy = original.path.with_name("copy.vault")
    original.maintenance.backup(copy, force=True)
    return copy.read_bytes(), original.unlock_key()


@target(b"\x00\x01\x00\xff", b"\x10\x20\x00\x01\x02\x03", b"")
def vault_files(data: bytes) -> None:
    """Places and bytes, three and one at a time: the file is refused, or it says what it said before."""
    content, key = _pristine()
    harmed = bytearray(content)
    for at in range(0, len(data) - 3, 4):
        harmed[int.from_bytes(data[at : at + 3]) % len(harmed)] ^= data[at + 3]
    path = vault().path.with_name("harmed.vault")
    path.write_bytes(harmed)
    path.chmod(0o600)
    with suppress(SmtuiError), smtui.open_vault(path, key=key) as opened:
        value = opened.client().get_secret_value(SecretId="a")["SecretString"]
        assert value == '{"k": "v"}'
        opened.maintenance.check()
