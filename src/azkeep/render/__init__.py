"""Model in, text out. A format is a module here with `report` and `failure`; both return the whole text.

report(report: Report, view: View) -> str
failure(error: AzkeepError, header: Header, view: View) -> str
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

MODULES = {"text": "terminal"}
"""Formats whose module has another name."""
NOT_FORMATS = ("values", "view")


def formats() -> tuple[str, ...]:
    """The names of all formats, sorted."""
    names = {module: name for name, module in MODULES.items()}
    found = (module.name for module in iter_modules(__path__) if not module.ispkg and module.name not in NOT_FORMATS)
    return tuple(sorted(names.get(name, name) for name in found))


def format_named(name: str) -> ModuleType:
    """The module of a format out of `formats()`."""
    return import_module(f"{__name__}.{MODULES.get(name, name)}")
