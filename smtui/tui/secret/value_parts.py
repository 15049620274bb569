"""The parts of a value that users copy: its keys, its entire value, and what a key is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from smtui.rules.key_roles import PASSWORD, find_key
from smtui.rules.one_time_code import find_seed
from smtui.rules.web_url import find_url
from smtui.text.json_object import JsonMember, read_members
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.values import Value


@dataclass(frozen=True, slots=True)
class ReadTarget:
    """A value that was just read for an action of the user.

    Args:
        name: the secret, and its version unless it is AWSCURRENT.
        value: the entire value.
        key: the key under the cursor; None if there is none.
    """

    name: SafeText
    value: Value = field(repr=False)
    key: str | None = None

    @property
    def members(self) -> tuple[JsonMember, ...]:
        """The members of a JSON object; empty for any other value."""
        return tuple(read_members(self.value)) if isinstance(self.value, str) else ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The keys and the texts of their values."""
        return [(member.key, member.text) for member in self.members]

    def find_password(self) -> int | None:
        """Returns the index of the key that is most likely a password; None if no key is."""
        return find_key([member.key for member in self.members], PASSWORD)

    def get_part(self, index: int | None) -> tuple[SafeText, Value]:
        """Returns the name and the value of a key by its index; of the entire value without an index.

        Raises:
            LoneSurrogateError: the string of the key cannot be encoded.
        """
        if index is None:
            return self.name, self.value
        member = self.members[index]
        return sanitize(f"{self.name}, {member.key}"), member.get_encodable_text()

    def find_code_part(self) -> tuple[SafeText, Value] | None:
        """Finds the seed of one-time codes: the key under the cursor, else the key that holds one, or the value."""
        return self._find_part(find_seed)

    def find_url_part(self) -> tuple[SafeText, Value] | None:
        """Finds the URL: the key under the cursor if it is one, else the key that holds one, or the value."""
        return self._find_part(find_url)

    def _find_part(self, find: Callable[[Sequence[tuple[str, str]]], int | None]) -> tuple[SafeText, Value] | None:
        """Finds a part of the value with `find`, which returns an index of `pairs`; the key under the cursor first."""
        pairs = self.pairs
        if not pairs:
            return self.get_part(None)
        at = next((at for at, pair in enumerate(pairs) if pair[0] == self.key), None)
        if at is None or find([pairs[at]]) is None:
            at = find(pairs)
        return None if at is None else self.get_part(at)
