"""A target on the command line: a secret, one of its versions, or one key of the JSON object in it.

`NAME`, `NAME:LABEL` and `NAME~N` (see `smtui.rules.version_spec`), each alone or with `#KEY`. The first `#` ends the
secret and its version: a name has none, and a key may contain any character.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from smtui.api.record import record
from smtui.cli.exit_codes import RefusedError, UsageError
from smtui.rules.version_spec import InvalidVersionSpecError, VersionSpec

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.text.json_object import JsonObject

MAX_KEYS = 20
"""Keys that an error message lists."""


@record
class Target:
    """A version of a secret, and a key of its JSON object, or None for the entire value."""

    version: VersionSpec
    key: str | None = None

    @classmethod
    def parse(cls, word: str) -> Target:
        """Parses a word. Raises UsageError."""
        name, hash_sign, key = word.partition("#")
        if not name or (hash_sign and not key):
            raise UsageError("Expected NAME or NAME#KEY.")
        return cls(parse_version(name), key if hash_sign else None)

    @property
    def name(self) -> str:
        """The secret and its version, as they were written."""
        return self.version.text

    def read_value(self, client: Client) -> str | bytes:
        """Reads the target's value. Raises ClientError, VersionNotFoundError, and like `get_value`."""
        return self.get_value(self.read_secret(client))

    def read_secret(self, client: Client) -> Mapping[str, Any]:
        """Reads the version: the response of GetSecretValue. Raises ClientError, VersionNotFoundError."""
        request: Any = self.version.build_request(client)
        return client.get_secret_value(**request)

    def get_value(self, response: Mapping[str, Any]) -> str | bytes:
        """The target's value in a response of GetSecretValue.

        The string of a key is decoded; any other JSON value (number, true, null, object) keeps its spelling.

        Raises:
            RefusedError: if there is no such key.
            LoneSurrogateError: if the key's string cannot be encoded.
        """
        if self.key is None:
            found: str | bytes = response["SecretString"] if "SecretString" in response else response["SecretBinary"]
            return found
        held = self.get_object(response)
        member = held.find(self.key)
        if member is None:
            raise RefusedError(f"{self.name} has no key '{self.key}'.", hint=_describe_keys(held.keys))
        return member.get_encodable_text()

    def get_object(self, response: Mapping[str, Any]) -> JsonObject:
        """The JSON object in a response of GetSecretValue. Raises RefusedError if the value is something else."""
        from smtui.text.json_object import read_object

        held = read_object(response.get("SecretString", ""))
        if held is None:
            raise RefusedError(f"The value of {self.name} is not a JSON object, so it has no keys.",
                               hint=f"smtui get {self.name} prints the entire value.")
        return held


def parse_version(word: str) -> VersionSpec:
    """Parses NAME, NAME:LABEL or NAME~N. Raises UsageError."""
    if not word or "#" in word:
        raise UsageError("Expected NAME, NAME:LABEL or NAME~N" + (", without #KEY." if word else "."))
    try:
        return VersionSpec.parse(word)
    except InvalidVersionSpecError as error:
        raise UsageError(str(error)) from None


def parse_name(word: str) -> str:
    """Parses a name or ARN for a command that has no use for a version. Raises UsageError."""
    version = parse_version(word)
    if not version.is_current:
        raise UsageError(f"Expected the name of a secret without a version: {version.secret_id}.")
    return version.secret_id


def _describe_keys(held: Sequence[str]) -> str:
    if not held:
        return "It has no keys."
    more = f", and {len(held) - MAX_KEYS} more" if len(held) > MAX_KEYS else ""
    return f"Its keys: {', '.join(held[:MAX_KEYS])}{more}."
