"""The members of a JSON object in a secret value, and changes of single members that keep all other bytes.

All modules use these functions for the keys of a value, so that they agree on which keys it has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from smtui.api.errors import SmtuiError
from smtui.text.json_reader import InvalidJsonError, JsonKind, JsonNode, parse_json


class LoneSurrogateError(SmtuiError):
    """A string contains a lone surrogate such as `"\\ud800"`, which JSON can escape but UTF-8 cannot encode."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The value of the key {key} has half of a surrogate pair, which UTF-8 cannot encode.")
        self.hint = "The entire value, where it is written as an escape, can be copied and printed."


@dataclass(frozen=True, slots=True, repr=False)
class JsonMember:
    """One member of an object. Positions are offsets in the object's text, in characters.

    Args:
        key: the key with escapes decoded.
        kind: the kind of the value.
        source: the value as it is spelled in the text.
        string: the value of a string with escapes decoded; empty for all other kinds.
        start: the start of the key, at its quotation mark.
        key_end: the end of the key.
        value_start: the start of the value.
        end: the end of the value.
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
        """Whether the value is a string that UTF-8 can encode, and so can be shown and copied in decoded form."""
        return self.kind is JsonKind.STRING and is_encodable(self.string)

    @property
    def text(self) -> str:
        """The decoded string for a string that UTF-8 can encode, and the source of any other value."""
        return self.string if self.is_text else self.source

    def get_encodable_text(self) -> str:
        """Returns `text` for another program.

        Raises:
            LoneSurrogateError: if the value is a string that UTF-8 cannot encode.
        """
        if self.kind is JsonKind.STRING and not self.is_text:
            raise LoneSurrogateError(self.key)
        return self.text


@dataclass(frozen=True, repr=False)
class JsonObject:
    """A JSON object and its text, which may have white space around the object."""

    text: str
    members: tuple[JsonMember, ...]

    @cached_property
    def _indexes(self) -> dict[str, int]:
        return {member.key: index for index, member in enumerate(self.members)}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the order of the text."""
        return tuple(member.key for member in self.members)

    def find(self, key: str) -> JsonMember | None:
        """Returns the member with this key, or None."""
        index = self._indexes.get(key)
        return None if index is None else self.members[index]

    def set_member(self, key: str, source: str) -> str:
        """Returns the text with the JSON `source` as the value of `key`. A new key becomes the last member.

        Raises:
            InvalidJsonError: if `source` is not JSON.
        """
        parse_json(source)
        member = self.find(key)
        if member is None:
            return self.rewrite(dict(enumerate(map(self.get_source, self.members))), [self.format_member(key, source)])
        return self.text[: member.value_start] + source + self.text[member.end :]

    def set_text(self, key: str, text: str) -> str:
        """Returns the text with the string `text` as the value of `key`. A new key becomes the last member."""
        return self.set_member(key, encode_string(text))

    def set_value(self, key: str, text: str) -> str:
        """Returns the text with a value that was given as `text`, see `encode_replacement`. A new key gets a string."""
        return self.set_member(key, encode_replacement(self.find(key), text))

    def remove_member(self, key: str) -> str:
        """Returns the text without the member `key`, its comma and its white space.

        Raises:
            KeyError: if the object does not have the key.
        """
        gone = self._indexes[key]
        return self.rewrite({index: self.get_source(member) for index, member in enumerate(self.members)
                             if index != gone})

    def rewrite(self, kept: Mapping[int, str], added: Sequence[str] = ()) -> str:
        """Returns the text with only the given members.

        Args:
            kept: the members to keep, in the order of the text: index -> source of the member.
            added: the sources of new members, which follow the kept ones.
        """
        gaps = [self.text[self.members[index - 1].end : self.members[index].start] for index in list(kept)[1:]]
        gaps += [self._gap] * (len(kept) + len(added) - 1 - len(gaps))
        spelled = [*kept.values(), *added]
        inside = "".join(gap + each for gap, each in zip(["", *gaps], spelled, strict=False))
        brace = self.text.index("{") + 1
        begin = self.members[0].start if self.members and spelled else brace
        return self.text[:begin] + inside + self.text[self.members[-1].end if self.members else brace :]

    def get_source(self, member: JsonMember) -> str:
        """Returns the source of a member, from its key to the end of its value."""
        return self.text[member.start : member.end]

    def format_member(self, key: str, source: str) -> str:
        """Returns the source of a new member, with the colon and white space of the last member."""
        return encode_string(key) + self.colon + source

    @property
    def colon(self) -> str:
        """The colon of the last member with its white space; `": "` in an empty object."""
        return self.text[self.members[-1].key_end : self.members[-1].value_start] if self.members else ": "

    @property
    def _gap(self) -> str:
        """The comma and white space between two members, derived from the layout if there are fewer than two."""
        if len(self.members) > 1:
            return self.text[self.members[-2].end : self.members[-1].start]
        head = self.text[self.text.index("{") + 1 : self.members[0].start] if self.members else ""
        return f",{head}" if "\n" in head else "," if self.colon == ":" else ", "


def read_object(text: str) -> JsonObject | None:
    """Parses a text that is a JSON object. Returns None for all other text, including objects with duplicate keys."""
    try:
        node = parse_json(text)
    except InvalidJsonError:
        return None
    if node.kind is not JsonKind.OBJECT:
        return None
    return JsonObject(text, tuple(_create_member(text, key, value) for key, value in node.pairs))


def read_members(text: str) -> tuple[JsonMember, ...]:
    """Returns the members in the order of the text; an empty tuple if `text` is not a JSON object."""
    found = read_object(text)
    return found.members if found else ()


def _create_member(text: str, key: JsonNode, value: JsonNode) -> JsonMember:
    return JsonMember(key.string, value.kind, text[value.start : value.end], value.string,
                      key.start, key.end, value.start, value.end)


def encode_replacement(member: JsonMember | None, text: str) -> str:
    """Returns the JSON for the new value of a member that was given as `text`.

    A number, a boolean and any other value that is not a string keeps its type if `text` is JSON of that type;
    otherwise it becomes a string. A string stays one whatever `text` is.
    """
    if member is None or member.is_text:
        return encode_string(text)
    try:
        is_same_kind = parse_json(text).kind is member.kind
    except InvalidJsonError:
        is_same_kind = False
    return text.strip() if is_same_kind else encode_string(text)


def encode_string(text: str) -> str:
    """Returns a string as a JSON string. It is escaped to ASCII only if it contains a lone surrogate."""
    return json.dumps(text, ensure_ascii=not is_encodable(text))


def is_encodable(text: str) -> bool:
    """Returns whether UTF-8 can encode the text, that is, whether it contains no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
