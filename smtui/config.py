"""Settings and where things lie: one TOML file in the platform's configuration directory, and the vault's path.

Every call passes through here, so what only some of them need is imported there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from smtui.api.errors import SmtuiError

VAULT_NAME = "default.vault"


class SettingsError(SmtuiError):
    """The settings file cannot be read; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose. Times are whole seconds, and 0 switches the thing off."""

    vault: str = ""
    theme: str = ""
    idle_lock: int = 300
    clipboard_clear: int = 30
    reveal: int = 30
    osc52: bool = True
    keyring: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)


def settings_path(environ: Mapping[str, str] = os.environ) -> Path:
    """`$SMTUI_CONFIG`, else `config.toml` where the platform keeps configuration."""
    if "SMTUI_CONFIG" in environ:
        return Path(environ["SMTUI_CONFIG"])
    import platformdirs

    return platformdirs.user_config_path("smtui") / "config.toml"


def load_settings(path: Path | None = None) -> Settings:
    """The settings in the file, with defaults for what it leaves out; all defaults where there is no file."""
    path = path or settings_path()
    try:
        text = path.read_text(encoding="utf-8")
        import tomllib

        return _settings(tomllib.loads(text))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise SettingsError(f"The settings in {path} cannot be used: {error}") from error


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Writes what differs from the defaults."""
    path = path or settings_path()
    default = asdict(Settings())
    chosen = {name: value for name, value in asdict(settings).items() if value != default[name]}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    import tomli_w

    beside.write_text(tomli_w.dumps(chosen), encoding="utf-8")
    beside.replace(path)


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
    return Settings(**document)


_KIND_WORDS: dict[type, str] = {
    str: "text in quotes", int: "a whole number", bool: "true or false", dict: "a table of action ids and keys",
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
