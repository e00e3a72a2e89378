"""Changes to the SDK that make a run faster and leave its result as it is.

Each has its reason, the SDK versions on which it was checked, and a switch: `AZKEEP_SPEED=off` turns all of them off,
`AZKEEP_SPEED=-waiting,-stack-traces` those named. On a version that was not checked a change turns itself off.
`bench/preview.py` measures what they bring; one that brings less than a tenth is not worth its upkeep.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.metadata
import os
import pathlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

CHECKED = frozenset({"3.272"})
ANY: frozenset[str] = frozenset()
LONGEST_WAIT = 0.5
SEEN_BEFORE_USER_CODE = 3


@dataclass(frozen=True)
class Change:
    """One change. `versions` are the SDK's minor versions on which the result was checked to be the same; none if it
    does not touch the SDK."""

    name: str
    reason: str
    make: Callable[[Path], None]
    versions: frozenset[str] = CHECKED


def sdk_version() -> str:
    """Major and minor version of the installed SDK, as `3.272`."""
    return ".".join(importlib.metadata.version("pulumi").split(".")[:2])


def wanted(name: str) -> bool:
    """False where `AZKEEP_SPEED` is `off` or holds `-name` among comma-separated names."""
    switch = os.environ.get("AZKEEP_SPEED", "").lower()
    return switch != "off" and f"-{name}" not in switch.split(",")


def applied() -> tuple[Change, ...]:
    """The changes that a run makes on this machine, as things are set."""
    return tuple(change for change in CHANGES if not _why_not(change))


def skipped() -> tuple[tuple[Change, str], ...]:
    """The changes that a run does not make, each with the reason."""
    return tuple((change, why) for change in CHANGES if (why := _why_not(change)))


def _why_not(change: Change) -> str:
    if not wanted(change.name):
        return "switched off by AZKEEP_SPEED"
    if change.versions and sdk_version() not in change.versions:
        return f"not checked on pulumi {sdk_version()}"
    return ""


def apply(folder: Path) -> None:
    """Changes the SDK in this process, for the program of stack `folder`."""
    for change in applied():
        change.make(folder)


class _PatientWait:
    """`asyncio` as the SDK's stack module sees it, waiting for a set of outputs as a whole.

    The SDK waits for the first of all open outputs, puts the rest back, and starts again: each of n outputs costs a
    pass over all that are open. Waiting until one fails, all are done or a moment has passed raises the same errors
    and sees the same later outputs.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def wait(self, tasks: Any, *, return_when: str) -> Any:
        if return_when == asyncio.FIRST_COMPLETED:
            return await asyncio.wait(tasks, timeout=LONGEST_WAIT, return_when=asyncio.FIRST_EXCEPTION)
        return await asyncio.wait(tasks, return_when=return_when)


def _wait_for_all_outputs(folder: Path) -> None:
    from pulumi.runtime import stack

    stack.asyncio = _PatientWait()


def _keep_own_frames(folder: Path) -> None:
    """The SDK sends every frame of the call stack with every resource, and the engine keeps them in the state."""
    from pulumi.runtime import resource
    from pulumi.runtime.proto import source_pb2

    @cache
    def uri(filename: str) -> str | None:
        path = pathlib.Path(filename)
        return path.as_uri() if path.is_absolute() and path.is_relative_to(folder) else None

    def stack_trace() -> Any:
        frames = []
        frame = _first_user_frame(sys._getframe(1))
        while frame is not None:
            place = uri(frame.f_code.co_filename)
            if place is not None:
                frames.append(source_pb2.StackFrame(pc=source_pb2.SourcePosition(uri=place, line=frame.f_lineno)))
            frame = frame.f_back
        return source_pb2.StackTrace(frames=frames)

    resource._get_stack_trace = stack_trace


def _first_user_frame(frame: FrameType | None) -> FrameType | None:
    """The caller of the third constructor: Resource's, then CustomResource's, then the resource class's own."""
    constructors = 0
    while frame is not None and constructors < SEEN_BEFORE_USER_CODE:
        constructors += frame.f_code.co_name == "__init__"
        frame = frame.f_back
    return frame


def _collect_less_often(folder: Path) -> None:
    """A program builds one graph that lives to its end; collecting it again and again finds nothing."""
    gc.set_threshold(100_000, 50, 100)


def _by_transformation(folder: Path) -> None:
    """Made by a stack transformation, once the root resource exists (see aliases.py)."""


CHANGES = (
    Change(
        "aliases", "60 and more aliases a resource, one for each old API version of its type", _by_transformation, ANY
    ),
    Change("waiting", "waiting for n outputs takes n passes over all of them", _wait_for_all_outputs),
    Change("stack-traces", "every frame of the call stack is sent and stored with every resource", _keep_own_frames),
    Change("collection", "the garbage collector walks a growing graph that lives to the end", _collect_less_often, ANY),
)
