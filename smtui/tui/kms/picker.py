"""Keys as people name them: by alias, to choose one of them or to say under which something is sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from smtui.api.arn import replace_key_arns
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import read_for_dialog

if TYPE_CHECKING:
    from smtui.api.kms import KeyClient
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

DEFAULT = "alias/aws/secretsmanager"
"""What asks for the default key, which DescribeSecret does not name."""
LISTED_DEFAULT = "DefaultEncryptionKey"
"""What ListSecretVersionIds calls it."""
SHORT = 12


def shorten_key_id(key_id: str) -> SafeText:
    """An alias, or the beginning of a key's id, without the ARN around it."""
    resource = replace_key_arns(key_id)
    if resource == LISTED_DEFAULT:
        return sanitize(DEFAULT)
    return sanitize(resource if resource.startswith("alias/") else resource.removeprefix("key/")[:SHORT])


def read_aliases(client: KeyClient) -> dict[str, str]:
    """The first alias of each key that has one, by the key's id."""
    found: dict[str, str] = {}
    for alias in client.list_aliases()["Aliases"]:
        found.setdefault(alias.get("TargetKeyId", ""), alias["AliasName"])
    return found


def format_keys(key_ids: Sequence[str], by_key: Mapping[str, str]) -> SafeText:
    """Keys as ListSecretVersionIds answers them, by their aliases where they have one."""
    words = [by_key.get(replace_key_arns(each).removeprefix("key/")) or shorten_key_id(each) for each in key_ids]
    return sanitize(", ".join(words))


async def ask_key(app: Shell, session: Session, question: SafeText, region: str | None = None) -> str | None:
    """What to send as KmsKeyId; None where the person changes nothing."""
    client = session.keys(region, record_reads=False)
    choices = await read_for_dialog(app, question, lambda: call(_list_choices, client))
    if choices is None:
        return None
    picked = await app.push_screen_wait(Pick(question, [words for _, words in choices]))
    return None if picked is None else choices[picked][0]


def _list_choices(client: KeyClient) -> list[tuple[str, SafeText]]:
    """The default key, then the others by their aliases, then those without."""
    by_alias = [(alias["AliasArn"], alias["AliasName"], alias["TargetKeyId"])
                for alias in client.list_aliases()["Aliases"] if "TargetKeyId" in alias]
    customers = [(arn, name, key) for arn, name, key in by_alias if not name.startswith("alias/aws/")]
    with_alias = {key for *_, key in by_alias}
    bare = [(key["KeyArn"], shorten_key_id(key["KeyArn"]), key["KeyId"])
            for key in client.list_keys()["Keys"] if key["KeyId"] not in with_alias]
    return [(DEFAULT, sanitize(f"{DEFAULT}  the default")),
            *((arn, sanitize(f"{name}  {_describe_key(client, key)}")) for arn, name, key in (*customers, *bare))]


def _describe_key(client: KeyClient, key_id: str) -> str:
    metadata = client.describe_key(KeyId=key_id)["KeyMetadata"]
    state = metadata.get("KeyState", "Enabled")
    return " ".join(filter(None, [metadata.get("Description", ""), "" if state == "Enabled" else f"({state})"]))
