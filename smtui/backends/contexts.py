"""Finds a context by its name, and opens it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ContextError, ContextMissingError
from smtui.system.context_settings import ContextSettings, is_context_name, split_region
from smtui.system.paths import expand_home
from smtui.system.settings import Settings, load_settings

if TYPE_CHECKING:
    from smtui.api.context import Context


def find_context(name: str, settings: Settings | None = None) -> ContextSettings:
    """The settings of a context: its table in the settings file, else the AWS profile of this name, protected.

    Raises:
        ContextMissingError: there is neither.
        SettingsError: the settings file is not valid.
    """
    tables = (settings or load_settings()).list_contexts()
    if name in tables:
        return tables[name]
    profiles = list_free_profiles(tables)
    if name in profiles:
        return profiles[name]
    known = ", ".join([*tables, *profiles]) or "none"
    raise ContextMissingError(f"There is no context {name}.", hint=f"Contexts: {known}. To add one: smtui contexts add")


def list_free_profiles(tables: dict[str, ContextSettings]) -> dict[str, ContextSettings]:
    """The AWS profiles that no table names, as contexts that are protected from changes."""
    from smtui.backends.aws.profiles import list_profiles

    named = {each.profile for each in tables.values()} | set(tables)
    return {each.name: ContextSettings(each.name, profile=each.name) for each in list_profiles()
            if each.name not in named and is_context_name(each.name)}


def open_context(
    name: str, passphrase: Any = None, *, key: bytes | None = None, key_file: str | Path | None = None,
    region_name: str | None = None, read_only: bool = False, **options: Any,
) -> Context:
    """Opens a context that the settings file or `~/.aws/config` names.

    Args:
        name: the name, or NAME@REGION for an account.
        passphrase: of a vault; an account signs in by its profile.
        key_file: the path of a vault's key file, if it has one.
        key: the bytes of `unlock_key()`, instead of the passphrase. Without either, the OS keyring's, if it is in use.
        region_name: the Region of an account; a vault's clients name theirs.
        read_only: refuses changes, whatever the settings say.
        options: `ask_code`, `confirm` and `ambient` of an account.

    Raises:
        ContextError: the context is missing, cannot be reached or signed in to.
        VaultError: the vault cannot be opened.
    """
    try:
        name, region = split_region(name)
    except ValueError as error:
        raise ContextMissingError(f"{error}.") from None
    found, region_name = find_context(name), region_name or region
    if found.is_aws:
        from smtui.backends.aws.context import AwsContext

        return AwsContext(found, region_name=region_name, read_only=read_only, **options)
    if region_name is not None:
        raise ContextError(f"{name} is a vault: its Region is that of client(region_name=...).")
    from smtui.backends import stored_key
    from smtui.backends.opening import open_vault

    path = expand_home(found.vault)
    if passphrase is None and key is None:
        key = stored_key.load(path)
    return open_vault(path, passphrase, key=key, key_file=key_file, read_only=read_only or found.protection == "read")
