"""ARNs: what is read in one, how one is made, and that no other module has a pattern for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from smtui.api import arn
from smtui.api.arn import KeyArn, SecretArn
from smtui.api.limits import REGION_PATTERN
from tests.doc_tables import ROOT

API = ROOT / "smtui" / "api"
MODULES = sorted(path for path in (ROOT / "smtui").rglob("*.py") if API not in path.parents)
SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db-AbCdEf"
PARTIAL = SECRET.removesuffix("-AbCdEf")
KEY = "arn:aws:kms:eu-west-1:000000000000:key/1234"
SESSION = "arn:aws:sts::111122223333:assumed-role/checkout/session"


def test_an_account_and_a_region_have_ascii_digits_as_in_the_service_model() -> None:
    assert REGION_PATTERN == r"^([a-z]+-)+\d+$"
    for text in ("us-east-1", "us-gov-west-1", "me-central-12"):
        assert arn.is_region(text)
        assert re.fullmatch(REGION_PATTERN, text)
    for wrong in ("", "us-east", "us-east-1\n", "US-EAST-1", "-1", "us-east-1a", "us-east-\u0661", None):
        assert not arn.is_region(wrong)
    assert arn.is_account("012345678901")
    for wrong in ("", "1", "0123456789012", "\u0661" * 12, "012345678901\n"):
        assert not arn.is_account(wrong)


def test_a_secrets_arn_is_complete_with_six_letters_or_digits() -> None:
    assert arn.parse_secret_arn(SECRET) == SecretArn("us-east-1", "000000000000", "prod/db", "AbCdEf")
    assert arn.parse_secret_arn(PARTIAL) == SecretArn("us-east-1", "000000000000", "prod/db", None)
    assert arn.parse_secret_arn(f"{SECRET}-GhIjKl") == SecretArn(
        "us-east-1", "000000000000", "prod/db-AbCdEf", "GhIjKl")


@pytest.mark.parametrize("text", [
    "", "prod/db", "arn:", "arn:aws:secretsmanager:us-east-1:0:secret:a", SECRET.replace("secret:", "secrets:"),
    SECRET.replace("arn:aws:", "arn:aws-cn:"), SECRET.replace("secretsmanager", "kms"), f" {SECRET}",
    SECRET.replace("us-east-1", "US"), f"{SECRET}\n", KEY,
])  # fmt: skip
def test_what_is_no_secrets_arn(text: str) -> None:
    assert arn.parse_secret_arn(text) is None


def test_a_secrets_arn_is_made_as_it_is_read() -> None:
    found = arn.parse_secret_arn(SECRET)

    assert found is not None
    assert arn.format_secret_arn(found.region, found.account, found.name, found.suffix) == SECRET
    assert arn.format_secret_arn(found.region, found.account, found.name) == PARTIAL
    assert arn.move_to_region(SECRET, "eu-west-1") == SECRET.replace("us-east-1", "eu-west-1")
    with pytest.raises(ValueError, match="not an ARN"):
        arn.move_to_region("prod/db", "eu-west-1")


def test_keys_and_aliases() -> None:
    assert arn.parse_key_arn(KEY) == KeyArn("eu-west-1", "000000000000", "key/1234")
    assert arn.parse_key_arn(arn.format_kms_arn("eu-west-1", "000000000000", "alias/app")) == KeyArn(
        "eu-west-1", "000000000000", "alias/app")
    assert arn.parse_key_arn("alias/app") is None
    assert arn.parse_key_arn(SECRET) is None


def test_functions_and_principals() -> None:
    function = arn.format_function_arn("us-east-1", "000000000000", "rotate")

    assert function == "arn:aws:lambda:us-east-1:000000000000:function:rotate"
    assert arn.get_function_name(function) == arn.get_last_field(function) == "rotate"
    assert arn.parse_root_account(arn.format_principal_arn("111122223333")) == "111122223333"
    assert arn.parse_root_account(arn.format_principal_arn("111122223333", "user/alice")) is None
    assert arn.is_principal_arn(SESSION)
    assert arn.is_principal_arn("arn:aws-us-gov:iam::111122223333:role/path/checkout")
    assert not arn.is_principal_arn("arn:aws:iam::111122223333:group/all")
    assert not arn.is_principal_arn("arn:aws:iam::111122223333:user/*")
    assert arn.get_role_arn(SESSION) == "arn:aws:iam::111122223333:role/checkout"
    assert arn.get_role_arn("arn:aws:iam::111122223333:user/alice") == ""


def test_fields_of_what_is_no_arn_are_empty() -> None:
    assert (arn.get_region(SECRET), arn.get_account(SECRET)) == ("us-east-1", "000000000000")
    assert [arn.get_account(text) for text in ("", "a:b", "lambda.amazonaws.com")] == ["", "", ""]
    assert arn.parse_arn("arn:aws:iam") is None
    assert str(arn.parse_arn("arn:aws:iam::1:user/a:b")) == "arn:aws:iam::1:user/a:b"


def test_a_text_for_a_person_has_names_in_place_of_arns() -> None:
    assert arn.replace_secret_arns(f"{SECRET} was read") == "prod/db was read"
    assert arn.replace_key_arns(f'["{KEY}"]') == '["key/1234"]'


def test_no_module_has_a_pattern_of_its_own() -> None:
    found = {str(path.relative_to(ROOT)): list(find_patterns(path.read_text(encoding="utf-8"))) for path in MODULES}

    assert {path: patterns for path, patterns in found.items() if patterns} == {}, "take it from smtui.api.arn"


@pytest.mark.parametrize("code", [
    'P = re.compile(r"arn:[^:]*:kms:.*")', 'f"arn:aws:iam::{account}:root"', 'text.startswith("arn:")',
    'arn.split(":")[4]', 'entry["ARN"].split(":", 5)[3]', r'A = re.compile(r"\d{12}")',
])  # fmt: skip
def test_a_pattern_of_ones_own_is_found(code: str) -> None:
    assert list(find_patterns(code))


def find_patterns(code: str) -> Iterator[str]:
    """Each place that takes an ARN apart or makes one by itself, as `line: what`; docstrings and help may quote one."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.JoinedStr(values=[ast.Constant(str(text)), *_]) if text.startswith("arn:"):
                yield f"{node.lineno}: {text}"
            case ast.Call(args=[ast.Constant(str(text)), *_]) if re.match(r"r?arn:|\\d\{12\}$", text):
                yield f"{node.lineno}: {text}"
            case ast.Subscript(ast.Call(ast.Attribute(value, "split"), [ast.Constant(":"), *_]), ast.Constant(int())):
                if re.search(r"(?i)\barn\b|'ARN'", ast.unparse(value)):
                    yield f"{node.lineno}: {ast.unparse(node)}"
