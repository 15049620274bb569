"""`NAME` or `NAME#KEY`: a secret, or one key of the JSON object it holds. No secret's name has a `#` in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smtui.cli.exit_codes import RefusedError, UsageError
from smtui.text.json_object import JsonObject, read_object

MOST_KEYS = 20


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    key: str | None = None

    @classmethod
    def of(cls, word: str) -> Target:
        name, hash_sign, key = word.partition("#")
        if not name or (hash_sign and not key):
            raise UsageError("A secret is named as NAME or NAME#KEY.")
        return cls(name, key if hash_sign else None)

    def value_in(self, response: Mapping[str, Any]) -> str | bytes:
        """What is meant in the answer of GetSecretValue.

        Of a key, a string is what it says; anything else (numbers, true, null, objects) is as it is spelled.

        Raises:
            Refusal: if there is no such key.
            LoneSurrogateError: if the key's string cannot be encoded.
        """
        if self.key is None:
            found: str | bytes = response["SecretString"] if "SecretString" in response else response["SecretBinary"]
            return found
        held = self.object_in(response)
        member = held.find(self.key)
        if member is None:
            raise RefusedError(f"{self.name} has no key '{self.key}'.", hint=_keys(held.keys))
        return member.encodable_text()

    def object_in(self, response: Mapping[str, Any]) -> JsonObject:
        """The JSON object that the secret holds. Raises RefusedError."""
        held = read_object(response.get("SecretString", ""))
        if held is None:
            raise RefusedError(f"The value of {self.name} is no JSON object, so it has no keys.",
                          hint=f"smtui get {self.name} prints the whole value.")
        return held


def _keys(held: Sequence[str]) -> str:
    if not held:
        return "It has no keys at all."
    more = f", and {len(held) - MOST_KEYS} more" if len(held) > MOST_KEYS else ""
    return f"Its keys: {', '.join(held[:MOST_KEYS])}{more}."
