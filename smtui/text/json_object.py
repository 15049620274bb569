"""The JSON object in a value: its members as they are spelled, and changes that leave every other byte as it was.

Every part of the program that speaks of the keys of a value asks here, so all of them agree whether it has some.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from smtui.api.errors import SmtuiError
from smtui.text.json_reader import InvalidJsonError, JsonKind, JsonNode, parse_json


class LoneSurrogateError(SmtuiError):
    """A string holds half of a surrogate pair (such as `"\\ud800"`): JSON can spell it, UTF-8 cannot encode it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The value of the key {key} has half of a surrogate pair, which UTF-8 cannot encode.")
        self.hint = "The entire value, in which it is spelled as an escape, can be copied and printed."


@dataclass(frozen=True, slots=True, repr=False)
class JsonMember:
    """One member of an object. Positions are offsets in the object's text, in characters.

    Args:
        key: with escapes decoded.
        kind: of the value.
        source: the value exactly as it is spelled.
        string: the value of a string, with escapes decoded; empty for every other kind.
        start: where the key begins, at its quotation mark.
        key_end: where the key ends.
        value_start: where the value begins.
        end: where the value ends.
    """

    key: str
    kind: JsonKind
    source: str
    string: str
    start: int
    key_end: int
    value_start: int
    end: int

    @property
    def is_text(self) -> bool:
        """Whether the value is a string that can be encoded, and so be shown, typed and copied as what it says."""
        return self.kind is JsonKind.STRING and is_encodable(self.string)

    @property
    def text(self) -> str:
        """What a person means by the value: a string as what it says, anything else as it is spelled."""
        return self.string if self.is_text else self.source

    def get_encodable_text(self) -> str:
        """`text`, to be handed to another program.

        Raises:
            LoneSurrogateError: for a string that UTF-8 cannot encode.
        """
        if self.kind is JsonKind.STRING and not self.is_text:
            raise LoneSurrogateError(self.key)
        return self.text


@dataclass(frozen=True, repr=False)
class JsonObject:
    """An object and the text it stands in, which may have white space around it."""

    text: str
    members: tuple[JsonMember, ...]

    @cached_property
    def _indexes(self) -> dict[str, int]:
        return {member.key: index for index, member in enumerate(self.members)}

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(member.key for member in self.members)

    def find(self, key: str) -> JsonMember | None:
        index = self._indexes.get(key)
        return None if index is None else self.members[index]

    def set_member(self, key: str, source: str) -> str:
        """The text with `source`, which is JSON, as the value of `key`; a new key comes last.

        Raises:
            InvalidJsonError: if `source` is not JSON.
        """
        parse_json(source)
        member = self.find(key)
        if member is None:
            return self.rewrite(dict(enumerate(map(self.get_source, self.members))), [self.format_member(key, source)])
        return self.text[: member.value_start] + source + self.text[member.end :]

    def set_text(self, key: str, text: str) -> str:
        """The text with the string `text` as the value of `key`; a new key comes last."""
        return self.set_member(key, encode_string(text))

    def remove_member(self, key: str) -> str:
        """The text without `key`, and without the comma and the white space that belong to it.

        Raises:
            KeyError: if there is no such key.
        """
        gone = self._indexes[key]
        return self.rewrite({index: self.get_source(member) for index, member in enumerate(self.members)
                             if index != gone})

    def rewrite(self, kept: Mapping[int, str], added: Sequence[str] = ()) -> str:
        """The text with just these members.

        Args:
            kept: for each member that stays, by its index and in the order of the text, how it is spelled.
            added: spelled members that come behind them.
        """
        gaps = [self.text[self.members[index - 1].end : self.members[index].start] for index in list(kept)[1:]]
        gaps += [self._gap] * (len(kept) + len(added) - 1 - len(gaps))
        spelled = [*kept.values(), *added]
        inside = "".join(gap + each for gap, each in zip(["", *gaps], spelled, strict=False))
        brace = self.text.index("{") + 1
        begin = self.members[0].start if self.members and spelled else brace
        return self.text[:begin] + inside + self.text[self.members[-1].end if self.members else brace :]

    def get_source(self, member: JsonMember) -> str:
        """A member as it is spelled, from its key to the end of its value."""
        return self.text[member.start : member.end]

    def format_member(self, key: str, source: str) -> str:
        """A new member, with white space around its colon as the members of this object have it."""
        return encode_string(key) + self.colon + source

    @property
    def colon(self) -> str:
        """The colon of the last member, with its white space."""
        return self.text[self.members[-1].key_end : self.members[-1].value_start] if self.members else ": "

    @property
    def _gap(self) -> str:
        """What stands between two members of this object, or would."""
        if len(self.members) > 1:
            return self.text[self.members[-2].end : self.members[-1].start]
        head = self.text[self.text.index("{") + 1 : self.members[0].start] if self.members else ""
        return f",{head}" if "\n" in head else "," if self.colon == ":" else ", "


def read_object(text: str) -> JsonObject | None:
    """The object that `text` is; None where it is none, or where two readers could understand it differently."""
    try:
        node = parse_json(text)
    except InvalidJsonError:
        return None
    if node.kind is not JsonKind.OBJECT:
        return None
    return JsonObject(text, tuple(_create_member(text, key, value) for key, value in node.pairs))


def read_members(text: str) -> tuple[JsonMember, ...]:
    """The members in their order; none where `text` is not an object or an empty one."""
    found = read_object(text)
    return found.members if found else ()


def _create_member(text: str, key: JsonNode, value: JsonNode) -> JsonMember:
    return JsonMember(key.string, value.kind, text[value.start : value.end], value.string,
                      key.start, key.end, value.start, value.end)


def encode_string(text: str) -> str:
    """A string as JSON spells it, in quotes."""
    return json.dumps(text, ensure_ascii=not is_encodable(text))


def is_encodable(text: str) -> bool:
    """Whether UTF-8 can encode it: it has no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
