"""YAML from others: the same types as JSON, and nothing that grows or constructs."""

from __future__ import annotations

import pytest

from smtui.transfer.yaml_reader import YamlError, parse_documents


def test_scalars_keep_their_spelling() -> None:
    text = "a: 1.10\nb: '5'\nc: 0123\nd: yes\ne: true\nf: ~\ng:\nh: !!str 7\ni: |\n  x\n\n---\n- null\n---\n"

    assert parse_documents(text, "f") == [
        {"a": "1.10", "b": "5", "c": "0123", "d": "yes", "e": True, "f": None, "g": None, "h": "7", "i": "x\n"},
        [None]]


@pytest.mark.parametrize(("text", "reason"), [
    ("a: &x 1\nb: *x", "aliases"), ("a: 1\na: hunter2", "twice"), ("x: " + "[" * 500 + "]" * 500, "deeper than 64"),
    ("a: !!python/object/apply:os.system [id]", ""), ("a: !vault hunter2", "tag"), ("a: [hunter2", "not valid YAML"),
    ("? [a]\n: b", "not text"), ("a: b: c", "not valid YAML"),
])  # fmt: skip
def test_what_could_grow_or_is_not_clear_is_refused(text: str, reason: str) -> None:
    try:
        assert parse_documents(text, "f") == [{"a": ["id"]}]
    except YamlError as error:
        assert reason in str(error)
        assert "hunter2" not in str(error)


def test_billion_laughs_are_refused_at_the_first() -> None:
    lines = ["a0: &a0 lol"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    with pytest.raises(YamlError, match="aliases"):
        parse_documents("\n".join(lines), "f")
