"""Former names of settings and action ids in the settings file, with their present names.

A file with former names stays valid. The next change of a setting writes the present names. Former names are never
removed from the tables, because a settings file can be of any age. A name that is renamed twice maps to the newest
name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SETTINGS: Mapping[str, str] = {
    "clipboard_clear": "clipboard_timeout",
    "reveal": "reveal_timeout",
}
"""Former setting -> present setting, which is a field of `Settings`."""

ACTIONS: Mapping[str, str] = {
    "filter.leave": "filter.open",
    "columns.turn": "columns.toggle_column",
    "saved.keep": "saved.save",
    "secrets.invert": "secrets.invert_selection",
    "secrets.mark": "secrets.select",
    "secrets.range": "secrets.select_range",
    "form.switch": "form.toggle_text",
    "generator.again": "generator.regenerate",
    "json.lay_out": "json.format",
    "parts.history": "tabs.history",
    "parts.policy": "tabs.policy",
    "parts.replication": "tabs.replication",
    "parts.rotation": "tabs.rotation",
    "parts.value": "tabs.value",
    "parts.versions": "tabs.versions",
    "secret.describe": "secret.edit_description",
    "secret.edit_outside": "secret.edit_in_editor",
    "secret.key": "secret.change_key",
    "kms.switch": "kms.switch_state",
    "replication.again": "replication.retry",
    "trail.back": "audit.back",
    "trail.export": "audit.export",
    "trail.filter": "audit.filter",
    "trail.open": "audit.open",
    "everywhere.work": "everywhere.job",
    "work.stop": "job.stop",
}
"""Former action id -> present action id of `smtui.tui.keys.SHORTCUTS`. `[keys]` maps action ids to keys."""


def migrate(document: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a copy of the settings document with the present names, in the same order.

    If a document has both the former and the present name, the present one has priority.

    Args:
        document: the parsed settings file; `keys`, if present, is a table.
    """
    migrated = _rename(document, SETTINGS)
    if "keys" in migrated:
        migrated["keys"] = _rename(migrated["keys"], ACTIONS)
    return migrated


def _rename(table: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in table.items() if names.get(name) not in table}
