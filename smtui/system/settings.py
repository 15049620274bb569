"""Settings in one TOML file, and the paths of the settings file, the state folder and the vault.

Every command imports this module, so rarely used libraries are imported inside the functions that need them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from smtui.api.errors import SmtuiError
from smtui.api.record import make_field, record
from smtui.system.bounded_read import read_bounded
from smtui.system.context_settings import ContextSettings, parse_contexts
from smtui.system.folder_lock import lock_folder
from smtui.system.folders import find_folder
from smtui.system.paths import expand_home
from smtui.system.private_files import atomic_write, make_folder
from smtui.system.renamed_settings import SETTINGS as RENAMED
from smtui.system.renamed_settings import migrate

MAX_BYTES = 1 << 20
"""The size limit of the settings file in bytes."""
VAULT_NAME = "default.vault"


class SettingsError(SmtuiError):
    """The settings file cannot be read or written; the message contains the file and the reason."""


def _declare(default: Any, words: str, tooltip: str) -> Any:
    """Creates a dataclass field with the label (`words`) and description for the settings screen and `docs/`."""
    about = {"words": words, "tooltip": tooltip}
    if isinstance(default, dict | list):
        return make_field(default_factory=type(default), metadata=about)
    return make_field(default=default, metadata=about)


@record
class Settings:
    """All settings. Times are whole seconds, or days in `_days`; 0 turns the timeout or the check off."""

    vault: str = _declare("", "Vault", "path of the default vault; empty = default.vault in the data folder")
    theme: str = _declare("", "Theme", "smtui-dark, smtui-light, smtui-hc (high contrast), or one of Textual's")
    compact: bool = _declare(False, "Compact", "show more rows: panels without side and bottom borders")
    idle_lock: int = _declare(300, "Lock after", "seconds without a key press; 0 = never")
    clipboard_timeout: int = _declare(30, "Clear clipboard after", "seconds; 0 = until exit")
    reveal_timeout: int = _declare(30, "Hide revealed values after", "seconds; 0 = never")
    osc52: bool = _declare(True, "Copy via OSC 52", "let the terminal copy if there is no other way, such as over SSH")
    keyring: bool = _declare(False, "Use OS keyring", "unlock with a key stored there")
    complete_names: bool = _declare(False, "Complete names", "the shell completes names of secrets, if the vault is "
                                    "unlocked by an agent or the OS keyring")
    lock_agent: bool = _declare(True, "Lock the agent too", "locking the screens also locks an agent of this vault")
    remember_vaults: bool = _declare(True, "Remember vaults", "keep a list of recently opened vaults")
    health_unused_days: int = _declare(90, "Report unused after", "days since a secret was last read; 0 = never")
    health_unrotated_days: int = _declare(90, "Report unrotated after", "days since a secret was created; 0 = never")
    health_deletion_days: int = _declare(7, "Report deletion before", "days before a secret is deleted; 0 = never")
    health_weak_bits: int = _declare(38, "Report weak below", "bits of a value's estimated strength; 0 = never")
    columns: Sequence[str] = _declare([], "Columns", "columns of the secrets list, left to right; empty = automatic")
    tree: bool = _declare(False, "Tree", "show the secrets list as a tree at start")
    tree_separator: str = _declare("/", "Tree separator", "what separates the levels of a name; empty = /")
    filters: Mapping[str, str] = _declare({}, "Filters", "saved filters, by name")
    keys: Mapping[str, str] = _declare({}, "Keys", "key bindings that replace the defaults, by action ID")
    contexts: Mapping[str, Any] = _declare({}, "Contexts", "AWS accounts and vaults, by name; see smtui contexts")

    def list_contexts(self) -> dict[str, ContextSettings]:
        """The contexts by name, in the order of the file."""
        return parse_contexts(self.contexts)


def format_setting_table() -> str:
    """Returns all settings as a Markdown table for `docs/`."""
    from dataclasses import fields

    rows = ["| setting | default | description |", "| --- | --- | --- |"]
    for each in fields(Settings):
        default = getattr(Settings(), each.name)
        literal = str(default).lower() if isinstance(default, bool) else repr(default) if default != "" else '""'
        rows.append(f"| `{each.name}` | `{literal}` | {each.metadata['words']}: {each.metadata['tooltip']} |")
    return "\n".join(rows) + "\n"


def get_settings_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Returns the settings file: `$SMTUI_CONFIG`, or `config.toml` in the platform's configuration folder."""
    if "SMTUI_CONFIG" in environ:
        return Path(environ["SMTUI_CONFIG"])
    return find_folder("config") / "config.toml"


def get_state_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Returns the state folder: `$SMTUI_STATE`, or the platform's folder for program state."""
    if "SMTUI_STATE" in environ:
        return Path(environ["SMTUI_STATE"])
    return find_folder("state")


def load_settings(path: Path | None = None) -> Settings:
    """Reads the settings file. Settings that it omits have their defaults; so do all if the file is missing.

    Raises:
        SettingsError: if the file cannot be read or is not valid.
    """
    return Settings(**_load_document(path or get_settings_path()))


def change_settings(change: Callable[[Settings], Settings], path: Path | None = None) -> Settings:
    """Applies a change to the settings file and returns the new settings.

    The function holds a lock while it reads, changes and replaces the file, so that changes by other processes are
    not lost.

    Args:
        change: maps the settings in the file to the new ones; only settings that differ are written.
        path: the settings file; by default `get_settings_path()`.

    Raises:
        SettingsError: if the file is not valid, or cannot be read or written. It then stays unchanged.
    """
    path = path or get_settings_path()
    from dataclasses import asdict

    import tomli_w

    try:
        make_folder(path.parent)
        with lock_folder(path.parent):
            document = _load_document(path)
            before = Settings(**document)
            after = change(before)
            _update(document, asdict(before), asdict(after))
            with atomic_write(path) as file:
                file.write(tomli_w.dumps(document).encode())
    except OSError as error:
        raise SettingsError(f"The settings cannot be written to {path}: {error.strerror}.") from error
    return after


def _load_document(path: Path) -> dict[str, Any]:
    """Reads and validates the TOML document, and migrates former names. Empty if the file is missing.

    Raises:
        SettingsError: if the file cannot be read or is not valid.
    """
    try:
        text = read_bounded(path, MAX_BYTES).decode()
        import tomllib

        document = tomllib.loads(text)
        _validate(document)
        return migrate(document)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"The settings in {path} cannot be used: {error.strerror or error}") from error
    except ValueError as error:
        raise SettingsError(f"The settings in {path} cannot be used: {error}") from error


def _update(document: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    """Updates the changed settings in the document. A setting that changes to its default is removed."""
    from dataclasses import asdict

    default = asdict(Settings())
    for name, value in after.items():
        if value == before[name]:
            continue
        if value == default[name]:
            document.pop(name, None)
        else:
            document[name] = value


def _validate(document: dict[str, Any]) -> None:
    """Raises ValueError for an unknown name or a wrong type. The message uses the name in the file."""
    default = Settings()
    kinds: dict[str, Any] = {name: type(getattr(default, name)) for name in Settings.__match_args__}
    kinds |= {former: kinds[present] for former, present in RENAMED.items()}
    for name, value in document.items():
        if name not in kinds:
            raise ValueError(f"unknown setting {name!r}")
        if type(value) is not kinds[name]:
            raise ValueError(f"{name} must be {_KIND_WORDS[kinds[name]]}")
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{name} cannot be negative")
    if not all(isinstance(keys, str) and keys for keys in document.get("keys", {}).values()):
        raise ValueError("[keys] must give each action ID a key, as text")
    if not all(isinstance(text, str) for text in (*document.get("columns", ()), *document.get("filters", {}).values())):
        raise ValueError("columns must be a list of names, and [filters] must give each name a filter, as text")
    parse_contexts(document.get("contexts", {}))


_KIND_WORDS: dict[type, str] = {
    str: "text in quotes", int: "a whole number", bool: "true or false", dict: "a table of names and texts",
    list: "a list of names",
}


def get_vault_path(
    chosen: Path | str | None = None,
    settings: Settings | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Path:
    """Returns the path of the vault: the first that is given, or `default.vault` in the platform's data folder.

    The order is `chosen` (the option `--vault`), `$SMTUI_VAULT`, the setting `vault`.
    """
    given = chosen or environ.get("SMTUI_VAULT") or (settings.vault if settings else "")
    if given:
        return expand_home(given)
    return find_folder("data") / VAULT_NAME
