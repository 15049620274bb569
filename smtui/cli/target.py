"""`NAME` or `NAME#KEY` on the command line: a secret, or one key of its JSON object. A secret's name has no `#`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smtui.cli.exit_codes import RefusedError, UsageError
from smtui.text.json_object import JsonObject, read_object

MAX_KEYS = 20
"""Keys that an error message lists."""


@dataclass(frozen=True, slots=True)
class Target:
    """A secret by name or ARN, and a key of its JSON object, or None for the entire value."""

    name: str
    key: str | None = None

    @classmethod
    def parse(cls, word: str) -> Target:
        """Parses `NAME` or `NAME#KEY`. Raises UsageError."""
        name, hash_sign, key = word.partition("#")
        if not name or (hash_sign and not key):
            raise UsageError("Expected NAME or NAME#KEY.")
        return cls(name, key if hash_sign else None)

    def value_in(self, response: Mapping[str, Any]) -> str | bytes:
        """The target's value in a response of GetSecretValue.

        The string of a key is decoded; any other JSON value (number, true, null, object) keeps its spelling.

        Raises:
            RefusedError: if there is no such key.
            LoneSurrogateError: if the key's string cannot be encoded.
        """
        if self.key is None:
            found: str | bytes = response["SecretString"] if "SecretString" in response else response["SecretBinary"]
            return found
        held = self.object_in(response)
        member = held.find(self.key)
        if member is None:
            raise RefusedError(f"{self.name} has no key '{self.key}'.", hint=_describe_keys(held.keys))
        return member.get_encodable_text()

    def object_in(self, response: Mapping[str, Any]) -> JsonObject:
        """The JSON object in a response of GetSecretValue. Raises RefusedError if the value is something else."""
        held = read_object(response.get("SecretString", ""))
        if held is None:
            raise RefusedError(f"The value of {self.name} is not a JSON object, so it has no keys.",
                               hint=f"smtui get {self.name} prints the entire value.")
        return held


def _describe_keys(held: Sequence[str]) -> str:
    if not held:
        return "It has no keys."
    more = f", and {len(held) - MAX_KEYS} more" if len(held) > MAX_KEYS else ""
    return f"Its keys: {', '.join(held[:MAX_KEYS])}{more}."
