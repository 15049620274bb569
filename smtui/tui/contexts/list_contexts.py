"""The rows of the table of contexts: those of the settings, and the AWS profiles that have none."""

from __future__ import annotations

from dataclasses import dataclass

from smtui.backends.contexts import list_free_profiles
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import load_settings


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A context. `details` says where it is and how one signs in: account, Region, SSO; or the path of the vault."""

    context: ContextSettings
    details: str


def list_contexts() -> list[ContextRow]:
    """Lists all contexts; no request is sent. Takes as long as boto3 takes to import. Raises SettingsError."""
    from smtui.backends.aws.profiles import list_profiles

    tables = load_settings().list_contexts()
    profiles = {each.name: each for each in list_profiles()}
    rows = []
    for context in [*tables.values(), *list_free_profiles(tables).values()]:
        profile = profiles.get(context.profile)
        words = [context.account, *context.regions[:1], *([profile.sign_in] if profile else [])]
        rows.append(ContextRow(context, "  ".join(filter(None, words)) if context.is_aws else context.vault))
    return rows
