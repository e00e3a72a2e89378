"""Resources that a preview cannot see, because they are declared in a callback that waits for an unknown value."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pulumi

from azkeep.errors import Source
from azkeep.program.failure import own_file

DEEPEST_CALL = 8


@dataclass(frozen=True)
class NotSeen:
    """A callback that did not run, and the resource classes that it names."""

    source: Source
    classes: tuple[str, ...]


@dataclass
class Callbacks:
    """Collects callbacks of the stack's own files that are given to `Output.apply`."""

    folder: Path
    _given: list[tuple[Any, FunctionType]] = field(default_factory=list)

    def watch(self) -> None:
        """From now on, in this process."""
        apply: Callable[..., Any] = pulumi.Output.apply

        def remember(output: Any, func: Any, run_with_unknowns: bool = False) -> Any:
            function = inspect.unwrap(func) if callable(func) else func
            if isinstance(function, FunctionType) and own_file(function.__code__.co_filename, self.folder):
                self._given.append((output, function))
            return apply(output, func, run_with_unknowns)

        pulumi.Output.apply = remember

    async def not_seen(self) -> tuple[NotSeen, ...]:
        """Callbacks that would declare resources and were not called, in the program's order."""
        found = []
        for output, function in self._given:
            classes = tuple(sorted(set(_resource_classes(function, DEEPEST_CALL))))
            if classes and not await output.is_known():
                file = own_file(function.__code__.co_filename, self.folder) or ""
                found.append(NotSeen(Source(file, function.__code__.co_firstlineno), classes))
        return tuple(found)


def _resource_classes(function: FunctionType, depth: int) -> Iterator[str]:
    """Names of the resource classes that `function`, and functions of the same folder that it calls, refer to."""
    names = tuple(_all_names(function.__code__))
    reachable = [function.__globals__.get(name) for name in names]
    for cell in function.__closure__ or ():
        try:
            reachable.append(cell.cell_contents)
        except ValueError:  # not assigned yet
            continue
    modules = [value for value in reachable if isinstance(value, ModuleType)]
    reachable += [vars(module).get(name) or getattr(module, name, None) for module in modules for name in names]
    for value in reachable:
        if isinstance(value, type) and issubclass(value, pulumi.Resource):
            yield value.__name__
        elif isinstance(value, FunctionType) and depth and _same_folder(value, function):
            yield from _resource_classes(value, depth - 1)


def _all_names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all_names(constant)


def _same_folder(one: FunctionType, other: FunctionType) -> bool:
    return Path(one.__code__.co_filename).parent == Path(other.__code__.co_filename).parent
