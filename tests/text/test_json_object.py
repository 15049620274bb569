"""One key changes and every other byte stays; and all parts of the program agree which keys a value has."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.cli.exit_codes import RefusedError
from smtui.cli.target import Target
from smtui.health.values import list_guessable_parts
from smtui.rotation import password
from smtui.rotation.function import StepFailedError
from smtui.rules.version_spec import VersionSpec
from smtui.text.json_object import JsonObject, LoneSurrogateError, encode_string, read_members, read_object
from smtui.text.json_reader import InvalidJsonError
from smtui.text.value_diff import compare_values, extract_path
from smtui.transfer import variables
from smtui.transfer.errors import InvalidVariableError
from smtui.tui.secret import values
from tests.text.strategies import OBJECTS, VALUES

SPELLED = ' {"a" :1.10,\n\t"b":12345678901234567890.5 , "\\u0063": 1e400,"d":-0,"e":"\\ud800x","":[ 1,{ } ]}\n'


def parse(text: str) -> JsonObject:
    found = read_object(text)
    assert found is not None
    return found


def test_members() -> None:
    members = parse(SPELLED).members

    assert [(each.key, each.text) for each in members] == [
        ("a", "1.10"), ("b", "12345678901234567890.5"), ("c", "1e400"), ("d", "-0"), ("e", '"\\ud800x"'),
        ("", "[ 1,{ } ]"),
    ]  # fmt: skip
    assert [SPELLED[each.value_start : each.end] for each in members] == [each.source for each in members]
    assert [json.loads(SPELLED[each.start : each.key_end]) for each in members] == [each.key for each in members]
    assert "1.10" not in repr(members) + repr(parse(SPELLED))


def test_half_a_surrogate_pair_is_not_handed_on() -> None:
    """UTF-8 has no bytes for it; the other keys are not touched by that."""
    found = parse('{"token": "\\ud800x", "user": "\\ud83d\\udd11"}')
    token, user = found.members

    assert user.get_encodable_text() == "\U0001f511"
    with pytest.raises(LoneSurrogateError):
        token.get_encodable_text()


@given(OBJECTS, st.data(), VALUES)
def test_changing_a_key_leaves_every_other_byte(text: str, data: st.DataObject, source: str) -> None:
    """Before it and behind it."""
    found = parse(text)
    if not found.members:
        return
    member = data.draw(st.sampled_from(found.members))

    assert found.set_member(member.key, source) == text[: member.value_start] + source + text[member.end :]


@given(OBJECTS, st.text(max_size=4), st.text(max_size=4))
def test_a_key_that_comes_and_goes_leaves_the_original(text: str, key: str, value: str) -> None:
    found = parse(text)
    if key in found.keys:
        return
    more = parse(found.set_text(key, value))

    assert more.keys == (*found.keys, key)
    assert more.members[-1].string == value
    assert [each.source for each in more.members[:-1]] == [each.source for each in found.members]
    assert more.remove_member(key) == text


@given(OBJECTS, st.data())
def test_removing_a_key_leaves_the_others_as_they_are(text: str, data: st.DataObject) -> None:
    found = parse(text)
    if not found.members:
        return
    key = data.draw(st.sampled_from(found.keys))
    left = parse(found.remove_member(key))

    assert [(each.key, each.source) for each in left.members] == [
        (each.key, each.source) for each in found.members if each.key != key
    ]
    assert found.text.startswith(left.text[: left.text.index("{")])


@pytest.mark.parametrize(("text", "after"), [
    ("{}", '{"k": "v"}'), (' {\n}\n', ' {"k": "v"\n}\n'), ('{"a":1}', '{"a":1,"k":"v"}'),
    ('{"a": 1}', '{"a": 1, "k": "v"}'), ('{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "k": "v"\n}\n'),
    ('{"a":1,"b":2}', '{"a":1,"b":2,"k":"v"}'), ('{\r\n\t"a" : 1,\r\n\t"b" : 2\r\n}', None),
])  # fmt: skip
def test_a_new_key_is_spelled_as_the_others_are(text: str, after: str | None) -> None:
    assert parse(text).set_text("k", "v") == (after or '{\r\n\t"a" : 1,\r\n\t"b" : 2,\r\n\t"k" : "v"\r\n}')


def test_only_json_is_put_in() -> None:
    with pytest.raises(InvalidJsonError):
        parse('{"a": 1}').set_member("a", '2, "b": 3')
    with pytest.raises(KeyError):
        parse('{"a": 1}').remove_member("b")
    assert json.loads(encode_string("\ud800\n\"")) == "\ud800\n\""


# All that speak of the keys of a value.


def from_the_list(value: str) -> dict[str, str]:
    return {member.key: member.get_encodable_text() for member in read_members(value)}


def from_the_screen(value: str) -> dict[str, str]:
    return {key: str(values.extract_part(value, key)) for key in values.build_outline(value).keys}


def from_the_form(value: str) -> dict[str, str]:
    pairs = [values.Pair(number, member.key, member.text) for number, member in enumerate(read_members(value))]
    assert not pairs or values.rewrite_object(value, pairs) == value
    return {pair.key: pair.text for pair in pairs}


def from_get(value: str) -> dict[str, str]:
    answer = {"SecretString": value}
    try:
        keys = Target.parse("x#no such key").get_object(answer).keys
    except RefusedError:
        return {}
    return {key: str(Target(VersionSpec.parse("x"), key).get_value(answer)) for key in keys}


def from_exec(value: str) -> dict[str, str]:
    made = variables.make_variables("X", value)
    return {each.source.partition("#")[2]: each.value for each in made if "#" in each.source}


def from_the_difference(value: str) -> dict[str, str]:
    found = [each for each in compare_values(value, value) if each.path]
    return {path[0]: str(extract_path(value, path)) for path in (each.path for each in found)}


def from_health(value: str) -> dict[str, str]:
    return {key: piece for key, piece in list_guessable_parts(value) if key}


FRONTS: list[Callable[[str], dict[str, str]]] = [
    from_the_list, from_the_screen, from_the_form, from_get, from_exec, from_the_difference,
]


@pytest.mark.parametrize("value", [
    "", "text", "[1]", "1", "null", '"x"', "{}", " { } ", '{"password1": "first", "password1": "second"}',
    '{"password1": {"x": 1, "x": 2}}', '{"password1": NaN}', '{"password1": -Infinity}', '{"password1": "hunter2"} x',
    '\ufeff{"password1": "hunter2"}', "{'password1': 'hunter2'}", '{"password1": "hunter2",}', "{" * 70,
    '{"password1":' * 65 + "1" + "}" * 65, '{"pass\\u0077ord": 1, "password": 2}', '{"password1": "a\nb"}',
    '\xa0{"a": 1}', '{"a": 01}', '{"a": "\\x41"}',
])  # fmt: skip
def test_no_keys_are_no_keys_everywhere(value: str) -> None:
    assert [front(value) for front in FRONTS] == [{}] * len(FRONTS)
    assert from_health(value) == {}
    with pytest.raises(StepFailedError):
        password._replace_key(value, "password1", "new")


@pytest.mark.parametrize(("value", "members"), [
    ('{"password1": "hunter2"}', {"password1": "hunter2"}),
    (' \r\n{"password1"\t:"hunter2"}\n', {"password1": "hunter2"}),
    ('{"a": 1.10, "b": 12345678901234567890.5, "c": 1e400, "d": -0}',
     {"a": "1.10", "b": "12345678901234567890.5", "c": "1e400", "d": "-0"}),
    ('{"a": ' + "9" * 5000 + "}", {"a": "9" * 5000}),
    ('{"a": true, "b": null, "c": [1, 2 ], "d": { "x":1.0}}', {"a": "true", "b": "null", "c": "[1, 2 ]",
                                                            "d": '{ "x":1.0}'}),
    ('{"\\u0061\\u00e9": "\\u0062\\u0000"}'.replace("\\u0000", ""), {"aé": "b"}),
    ('{"x": "\\ud83d\\udd11", "y": {"z": "\\ud800"}}', {"x": "\U0001f511", "y": '{"z": "\\ud800"}'}),
    ('{"a":' * 64 + "1" + "}" * 64, {"a": '{"a":' * 63 + "1" + "}" * 63}),
])  # fmt: skip
def test_keys_are_the_same_keys_everywhere(value: str, members: dict[str, str]) -> None:
    """A string is what it says, anything else is as it is spelled."""
    assert [front(value) for front in FRONTS[:-1]] == [members] * (len(FRONTS) - 1)
    assert set(from_the_difference(value)) == set(members)
    for key in members:
        changed = password._replace_key(value, key, "new")
        member = parse(value).find(key)
        assert member is not None
        assert changed == value[: member.value_start] + '"new"' + value[member.end :]


def test_health_looks_at_what_is_named_so() -> None:
    assert from_health('{"password": "hunter2", "port": 5432, "token": "\\ud800xxxx"}') == {"password": "hunter2"}


@given(OBJECTS)
def test_they_agree_about_any_object(value: str) -> None:
    """Or say that half a surrogate pair cannot be handed on, or no variable made of a key."""
    keys = parse(value).keys
    members = from_the_form(value)

    assert tuple(members) == keys == values.build_outline(value).keys
    for front in (from_the_list, from_the_screen, from_get, from_exec):
        try:
            assert front(value) == members
        except (LoneSurrogateError, InvalidVariableError):
            assert front is from_exec or any(not each.is_text and each.string for each in parse(value).members)


