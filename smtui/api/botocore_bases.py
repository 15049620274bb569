"""Gives errors of smtui the error classes of botocore as further base classes, once the program has loaded botocore.

Scripts written for boto3 have `except botocore.exceptions.ClientError`. An `except` clause looks at the base classes of
an error's class and at nothing else, so these are changed, in place, as soon as there is a botocore: every class keeps
its identity, and errors that were raised before are caught too. smtui itself never imports botocore.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, TypeVar, cast

MODULE = "botocore.exceptions"
Error = TypeVar("Error", bound=type[Exception])
_registered: list[tuple[Any, str, tuple[type, ...]]] = []
"""Each class with the name of its counterpart in botocore, and its own base classes."""
_source: object = None
"""The ClientError of the module whose classes are base classes at present; a reload of the module makes another one."""


def derive_also_from(name: str) -> Callable[[Error], Error]:
    """Makes a class derive from the class `name` of botocore too, now or when botocore is loaded."""

    def register(error: Error) -> Error:
        _registered.append((error, name, error.__bases__))
        _derive(error, name, error.__bases__, sys.modules.get(MODULE))
        return error

    return register


def update_bases() -> None:
    """Derives all registered classes from the present botocore; does nothing if they already do."""
    global _source
    module = sys.modules.get(MODULE)
    source = getattr(module, "ClientError", None)
    if source is _source:
        return
    results = [_derive(*registered, module) for registered in _registered]
    if all(results):  # while another thread loads the module, some of the classes are missing
        _source = source


def _derive(error: Any, name: str, bases: tuple[type, ...], module: ModuleType | None) -> bool:
    """Adds botocore's class after the first base class, because it may derive from the others.

    A class that cannot be a base class, in a module that replaces botocore's in tests of programs, is left out.

    Returns:
        False if the module does not have the class yet.
    """
    counterpart = getattr(module, name, None)
    if not isinstance(counterpart, type) or not issubclass(counterpart, Exception):
        return False
    with suppress(TypeError):  # the class derives from ours, is ours, or has another memory layout (OSError)
        error.__bases__ = (bases[0], counterpart, *bases[1:])
    return True


class NoClientError(type):
    """The metaclass of an error that is a ClientError of smtui, and none of botocore.

    It leaves botocore's class out of the method resolution order, which `except` and `isinstance` look at.
    """

    def mro(cls) -> list[type]:
        return [each for each in super().mro() if (each.__module__, each.__name__) != (MODULE, "ClientError")]


class _Finder:
    """Finds botocore's module of errors as the other finders do, and updates the base classes when it is loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        if fullname != MODULE:
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target) if finder is not self else None
            if spec is not None:
                spec.loader = cast("Any", _Loader(spec.loader))
                return spec
        return None


class _Loader:
    """Loads a module with its own loader, then updates the base classes."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        update_bases()


sys.meta_path.insert(0, _Finder())
