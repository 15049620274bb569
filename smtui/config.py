"""Settings and where things lie: one TOML file in the platform's configuration directory, and the vault's path.

Every call passes through here, so what only some of them need is imported there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from smtui.api.errors import SmtuiError
from smtui.bounded import read_bounded
from smtui.folder_lock import lock_folder
from smtui.private import make_folder, written

LONGEST = 1 << 20
"""Bytes of a settings file."""
VAULT_NAME = "default.vault"


class SettingsError(SmtuiError):
    """The settings file cannot be read; the message names the file and what is wrong with it."""


def _setting(default: Any, words: str, tooltip: str) -> Any:
    """A setting, and what the form and the README say about it."""
    about = {"words": words, "tooltip": tooltip}
    if isinstance(default, dict | list):
        return field(default_factory=type(default), metadata=about)
    return field(default=default, metadata=about)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose. Times are whole seconds, and 0 switches the thing off."""

    vault: str = _setting("", "Vault", "the vault that opens where none is named; empty for the one in the data folder")
    theme: str = _setting("", "Theme", "smtui-dark, smtui-light, smtui-hc (high contrast), or another of Textual's")
    idle_lock: int = _setting(300, "Lock after", "seconds without a key; 0 for never")
    clipboard_clear: int = _setting(30, "Clear the clipboard after", "seconds; 0 for not before the end")
    reveal: int = _setting(30, "Hide what is revealed after", "seconds; 0 for not by itself")
    osc52: bool = _setting(True, "Copy by OSC 52", "ask the terminal to copy where nothing else can, as over SSH")
    keyring: bool = _setting(False, "Look in the keyring", "for the key of a vault that was stored there")
    remember_vaults: bool = _setting(True, "Remember vaults", "keep a list of the paths of the vaults opened last")
    columns: Sequence[str] = _setting([], "Columns", "those of the list, left to right; none leaves it to the width")
    filters: Mapping[str, str] = _setting({}, "Filters", "those that were kept, by their names")
    keys: Mapping[str, str] = _setting({}, "Keys", "other keys than ours, by the ids of the table of keys")


def setting_table() -> str:
    """All settings as Markdown, for the README."""
    rows = ["| setting | default | what |", "| --- | --- | --- |"]
    for each in fields(Settings):
        default = getattr(Settings(), each.name)
        spelled = str(default).lower() if isinstance(default, bool) else repr(default) if default != "" else '""'
        rows.append(f"| `{each.name}` | `{spelled}` | {each.metadata['words']}: {each.metadata['tooltip']} |")
    return "\n".join(rows) + "\n"


def settings_path(environ: Mapping[str, str] = os.environ) -> Path:
    """`$SMTUI_CONFIG`, else `config.toml` where the platform keeps configuration."""
    if "SMTUI_CONFIG" in environ:
        return Path(environ["SMTUI_CONFIG"])
    import platformdirs

    return platformdirs.user_config_path("smtui") / "config.toml"


def state_path(environ: Mapping[str, str] = os.environ) -> Path:
    """`$SMTUI_STATE`, else where the platform keeps what a program remembers."""
    if "SMTUI_STATE" in environ:
        return Path(environ["SMTUI_STATE"])
    import platformdirs

    return platformdirs.user_state_path("smtui")


def load_settings(path: Path | None = None) -> Settings:
    """The settings in the file, with defaults for what it leaves out; all defaults where there is no file."""
    return _settings_in(_load_document(path or settings_path()), path or settings_path())


def change_settings(change: Callable[[Settings], Settings], path: Path | None = None) -> Settings:
    """Applies a change to the settings in the file and answers with all of them.

    The file is read, changed and replaced while no other process does the same, so what others have stored meanwhile
    stays: `change` gets the settings as they are in the file, and only what it alters is written. A file that cannot
    be understood is left as it is. Raises SettingsError.
    """
    path = path or settings_path()
    import tomli_w

    try:
        make_folder(path.parent)
        with lock_folder(path.parent):
            document = _load_document(path)
            before = _settings_in(document, path)
            after = change(before)
            _alter(document, asdict(before), asdict(after))
            with written(path) as file:
                file.write(tomli_w.dumps(document).encode())
    except OSError as error:
        raise SettingsError(f"The settings cannot be written to {path}: {error.strerror}.") from error
    return after


def _load_document(path: Path) -> dict[str, Any]:
    """The TOML document at `path`, empty where there is no file. Raises SettingsError."""
    try:
        text = read_bounded(path, LONGEST).decode()
        import tomllib

        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"The settings in {path} cannot be used: {error.strerror or error}") from error
    except ValueError as error:
        raise SettingsError(f"The settings in {path} cannot be used: {error}") from error


def _settings_in(document: dict[str, Any], path: Path) -> Settings:
    try:
        return _settings(document)
    except ValueError as error:
        raise SettingsError(f"The settings in {path} cannot be used: {error}") from error


def _alter(document: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    """Writes what differs into the document; a setting that is its default again is left out."""
    default = asdict(Settings())
    for name, value in after.items():
        if value == before[name]:
            continue
        if value == default[name]:
            document.pop(name, None)
        else:
            document[name] = value


def _settings(document: dict[str, Any]) -> Settings:
    kinds = {each.name: type(getattr(Settings(), each.name)) for each in fields(Settings)}
    for name, value in document.items():
        if name not in kinds:
            raise ValueError(f"there is no setting called {name!r}")
        if type(value) is not kinds[name]:
            raise ValueError(f"{name} must be {_KIND_WORDS[kinds[name]]}")
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{name} cannot be negative")
    if not all(isinstance(keys, str) and keys for keys in document.get("keys", {}).values()):
        raise ValueError("[keys] gives each action id a key, as text")
    if not all(isinstance(text, str) for text in (*document.get("columns", ()), *document.get("filters", {}).values())):
        raise ValueError("columns is a list of names, and [filters] gives each name a filter, as text")
    return Settings(**document)


_KIND_WORDS: dict[type, str] = {
    str: "text in quotes", int: "a whole number", bool: "true or false", dict: "a table of names and texts",
    list: "a list of names",
}


def vault_path(
    chosen: Path | str | None = None,
    settings: Settings | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Path:
    """The vault that is meant: `--vault`, else `$SMTUI_VAULT`, else the settings, else the platform's data folder."""
    named = chosen or environ.get("SMTUI_VAULT") or (settings.vault if settings else "")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("smtui") / VAULT_NAME
