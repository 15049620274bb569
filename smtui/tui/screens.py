"""Factories for the screen of each place and each tab of a secret, and the functions of the tasks for the vault.

Each module is imported when its screen or task is first needed. Only the app imports this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from smtui.tui.help import places
from smtui.tui.secret import tabs
from smtui.tui.vault import tasks

if TYPE_CHECKING:
    from smtui.tui.base_screen import SessionScreen
    from smtui.tui.session import Session
    from smtui.tui.shell import Place, Task, VaultTask


def make_place_screen(place: Place, session: Session) -> SessionScreen[Any]:
    """Creates the screen of a place other than `places.SECRETS`, whose screen is always below the others."""
    return _PLACES[place](session)


def make_tab_screen(number: int, session: Session, secret_id: str) -> tabs.SecretTab:
    """Creates the screen of a tab, from `tabs.POLICY` on. The screen of the secret contains the first two tabs."""
    return _TABS[number](session, secret_id)


def load_task(task: VaultTask) -> Task:
    """Returns the function of a task."""
    return _TASKS[task]()


def _make_regions(session: Session) -> SessionScreen[Any]:
    from smtui.tui.contexts.screen import RegionsScreen

    return RegionsScreen(session)


def _make_keys(session: Session) -> SessionScreen[Any]:
    from smtui.tui.kms.screen import KmsKeysScreen

    return KmsKeysScreen(session)


def _make_functions(session: Session) -> SessionScreen[Any]:
    from smtui.tui.rotation.functions import FunctionsScreen

    return FunctionsScreen(session)


def _make_audit_log(session: Session) -> SessionScreen[Any]:
    from smtui.tui.audit.screen import AuditLogScreen

    return AuditLogScreen(session)


def _make_health(session: Session) -> SessionScreen[Any]:
    from smtui.tui.health.screen import HealthScreen

    return HealthScreen(session)


def _make_comparison(session: Session) -> SessionScreen[Any]:
    from smtui.tui.comparison.screen import ComparisonScreen

    return ComparisonScreen(session)


def _make_vault(session: Session) -> SessionScreen[Any]:
    from smtui.tui.vault.screen import VaultScreen

    return VaultScreen(session)


def _make_access(session: Session) -> SessionScreen[Any]:
    from smtui.tui.access.screen import AccessScreen

    return AccessScreen(session)


def _make_settings(session: Session) -> SessionScreen[Any]:
    from smtui.tui.settings.screen import SettingsScreen

    return SettingsScreen(session)


def _make_manual(session: Session) -> SessionScreen[Any]:
    from smtui.tui.help.manual_screen import ManualScreen

    return ManualScreen(session)


def _make_undo(session: Session) -> SessionScreen[Any]:
    from smtui.tui.undo.screen import UndoScreen

    return UndoScreen(session)


def _make_policy(session: Session, secret_id: str) -> tabs.SecretTab:
    from smtui.tui.policy.screen import PolicyScreen

    return PolicyScreen(session, secret_id)


def _make_rotation(session: Session, secret_id: str) -> tabs.SecretTab:
    from smtui.tui.rotation.screen import RotationScreen

    return RotationScreen(session, secret_id)


def _make_replication(session: Session, secret_id: str) -> tabs.SecretTab:
    from smtui.tui.replication.screen import ReplicationScreen

    return ReplicationScreen(session, secret_id)


def _make_history(session: Session, secret_id: str) -> tabs.SecretTab:
    from smtui.tui.secret.history import HistoryScreen

    return HistoryScreen(session, secret_id)


def _load_check() -> Task:
    from smtui.tui.vault.check import check

    return check


def _load_backup() -> Task:
    from smtui.tui.vault.backup import back_up

    return back_up


def _load_import() -> Task:
    from smtui.tui.vault.import_secrets import import_secrets

    return import_secrets


def _load_export() -> Task:
    from smtui.tui.secret_list.export import export_secrets

    return export_secrets


def _load_new_passphrase() -> Task:
    from smtui.tui.vault.passphrase import change_passphrase

    return change_passphrase


def _load_keyring() -> Task:
    from smtui.tui.vault.keyring import use_keyring

    return use_keyring


def _load_retention() -> Task:
    from smtui.tui.audit.retention import set_retention

    return set_retention


_PLACES: Mapping[Place, Callable[[Session], SessionScreen[Any]]] = {
    places.REGIONS: _make_regions,
    places.KEYS: _make_keys,
    places.FUNCTIONS: _make_functions,
    places.AUDIT_LOG: _make_audit_log,
    places.HEALTH: _make_health,
    places.COMPARE: _make_comparison,
    places.VAULT: _make_vault,
    places.ACCESS: _make_access,
    places.SETTINGS: _make_settings,
    places.MANUAL: _make_manual,
    places.UNDO: _make_undo,
}
_TABS: Mapping[int, Callable[[Session, str], tabs.SecretTab]] = {
    tabs.POLICY: _make_policy,
    tabs.ROTATION: _make_rotation,
    tabs.REPLICATION: _make_replication,
    tabs.HISTORY: _make_history,
}
_TASKS: Mapping[VaultTask, Callable[[], Task]] = {
    tasks.CHECK: _load_check,
    tasks.BACKUP: _load_backup,
    tasks.IMPORT: _load_import,
    tasks.EXPORT: _load_export,
    tasks.NEW_PASSPHRASE: _load_new_passphrase,
    tasks.KEYRING: _load_keyring,
    tasks.RETENTION: _load_retention,
}
