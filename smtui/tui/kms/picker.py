"""Short names of KMS keys, and the dialog to choose a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from smtui.api.arn import replace_key_arns
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.kms.aliases import ALIAS, AWS_ALIAS, KeyChoice

if TYPE_CHECKING:
    from smtui.api.kms_types import KeyOperations
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

DEFAULT = "alias/aws/secretsmanager"
"""The alias of the default key. DescribeSecret leaves out KmsKeyId for this key."""
DEFAULT_CHOICE = KeyChoice(DEFAULT, DEFAULT)
LISTED_DEFAULT = "DefaultEncryptionKey"
"""The name of the default key in the response of ListSecretVersionIds."""
SHORT = 12


def shorten_key_id(key_id: str) -> SafeText:
    """Returns the alias, or the beginning of the key id, without the ARN around it."""
    resource = replace_key_arns(key_id)
    if resource == LISTED_DEFAULT:
        return sanitize(DEFAULT)
    return sanitize(resource if resource.startswith(ALIAS) else resource.removeprefix("key/")[:SHORT])


def read_aliases(client: KeyOperations) -> dict[str, str]:
    """Maps the id of each key with an alias to its first alias."""
    found: dict[str, str] = {}
    for alias in client.list_aliases()["Aliases"]:
        found.setdefault(alias.get("TargetKeyId", ""), alias["AliasName"])
    return found


def format_keys(key_ids: Sequence[str], by_key: Mapping[str, str]) -> SafeText:
    """Formats the KmsKeyIds in the response of ListSecretVersionIds, by their aliases if they have one.

    Args:
        key_ids: the KmsKeyIds.
        by_key: the alias of each key id, from `read_aliases`.
    """
    words = [by_key.get(replace_key_arns(each).removeprefix("key/")) or shorten_key_id(each) for each in key_ids]
    return sanitize(", ".join(words))


async def ask_key(app: Shell, session: Session, question: SafeText, region: str | None = None) -> KeyChoice | None:
    """Asks for a key.

    Args:
        app: the app.
        session: the session.
        question: the title of the dialog.
        region: the Region of the key; None for the Region of the session.

    Returns:
        The key, with the target of its alias at the time of the list; None if the user cancels.
    """
    client = session.keys(region, record_reads=False)
    has_descriptions = not session.vault.can.has_costs  # one call for each key
    choices = await read_for_dialog(
        app, question, lambda: call(_list_choices, client, has_descriptions=has_descriptions))
    if choices is None:
        return None
    picked = await app.push_screen_wait(Pick(question, [words for _, words in choices]))
    return None if picked is None else choices[picked][0]


def _list_choices(client: KeyOperations, *, has_descriptions: bool) -> list[tuple[KeyChoice, SafeText]]:
    """Lists the default key, then the keys with an alias, then the others, each with its text."""
    by_alias = [(alias["AliasArn"], alias["AliasName"], alias["TargetKeyId"])
                for alias in client.list_aliases()["Aliases"] if "TargetKeyId" in alias]
    customers = [(arn, name, key) for arn, name, key in by_alias if not name.startswith(AWS_ALIAS)]
    with_alias = {key for *_, key in by_alias}
    bare = [(key["KeyArn"], "", key["KeyArn"])
            for key in client.list_keys()["Keys"] if key["KeyId"] not in with_alias]
    choices = [(DEFAULT_CHOICE, sanitize(f"{DEFAULT}  (default)"))]
    for arn, name, key in (*customers, *bare):
        description = _describe_key(client, key) if has_descriptions else ""
        choices.append((KeyChoice(arn, key), _format_choice(name, key, description)))
    return choices


def _format_choice(alias: str, key_id: str, description: str) -> SafeText:
    """Formats a key with the alias, if it is chosen by one, and always with the id of the key."""
    return sanitize("  ".join(filter(None, [alias, shorten_key_id(key_id), description])))


def _describe_key(client: KeyOperations, key_id: str) -> str:
    metadata = client.describe_key(KeyId=key_id)["KeyMetadata"]
    state = metadata.get("KeyState", "Enabled")
    return " ".join(filter(None, [metadata.get("Description", ""), "" if state == "Enabled" else f"({state})"]))
