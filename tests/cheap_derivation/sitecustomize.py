"""Python imports this when it starts, if this folder is in PYTHONPATH: smtui then derives keys at the lowest cost.

Most tests of programs unlock a vault, and the real derivation takes a fifth of their time. The module of the derivation
is only changed when a program imports it.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

MODULE = "smtui.vault.kdf"


def find_spec(name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
    """Finds the module of the key derivation, as one of `sys.meta_path` does."""
    spec = PathFinder.find_spec(name, path, target) if name == MODULE else None
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module = execute_and_lower_costs(spec.loader.exec_module)  # type: ignore[method-assign]
    return spec


def execute_and_lower_costs(execute: Any) -> Any:
    def execute_module(module: Any) -> None:
        execute(module)
        lowest = module.Profile(memory_cost=64, iterations=1, lanes=1)
        module.PROFILES.update(dict.fromkeys(module.PROFILES, lowest))

    return execute_module


sys.meta_path.insert(0, sys.modules[__name__])
