"""Why a program failed, in terms of the stack's own files."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from azkeep.errors import ProgramError, Source
from azkeep.program.registered import Registered

FOREIGN_FOLDERS = frozenset({"site-packages", "dist-packages", "node_modules"})
INTERRUPTED = "Interrupted"
DIED = "ProcessDied"
MISSING_SETTING = re.compile(r"Missing required (?:configuration|secret) variable '([^']+)'")
"""What the SDK says for a setting that a program requires. Source: pulumi `ConfigMissingError`."""
FIXES = {
    "ModuleNotFoundError": "Install the module into the environment that azkeep runs in, or correct its name.",
    "SyntaxError": "Correct this line.",
    "IndentationError": "Correct this line.",
    "TabError": "Correct this line.",
}


@dataclass(frozen=True)
class ProgramFailure:
    """One failure. `frames` are the stack's own lines, outermost first, files relative to the stack folder."""

    message: str
    exception_type: str
    frames: tuple[Source, ...] = ()

    @property
    def summary(self) -> str:
        """One line: where, what kind, and the first line of the message."""
        where = f"{self.frames[-1]}: " if self.frames else ""
        return f"{where}{self._kind_and_first_line}"

    @property
    def _kind_and_first_line(self) -> str:
        first = self.message.strip().splitlines()[0] if self.message.strip() else ""
        return f"{self.exception_type}: {first}" if first else self.exception_type

    @property
    def is_interrupted(self) -> bool:
        """True if the program ended because registration was stopped."""
        return self.exception_type == INTERRUPTED

    def error(self) -> ProgramError:
        """The same as an error to raise."""
        rest = self.message.strip().splitlines()[1:]
        callers = [f"called from {frame}" for frame in reversed(self.frames[:-1])]
        missing = MISSING_SETTING.search(self.message)
        return ProgramError(
            f"the program failed: {self._kind_and_first_line}",
            detail="\n".join([*([] if missing else rest), *callers]),
            fix=f"azkeep config set STACK {missing[1]} VALUE" if missing else FIXES.get(self.exception_type, ""),
            source=self.frames[-1] if self.frames else None,
        )


@dataclass(frozen=True)
class Ended:
    """How a run ended. `engine_left` is true where the engine had gone; it reports why itself. `registered`: what was
    registered, by URN. `refusals`: why resources were not let through to the engine."""

    failure: ProgramFailure | None = None
    engine_left: bool = False
    registered: Mapping[str, Registered] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()


@cache
def own_file(filename: str, folder: Path) -> str | None:
    """`filename` relative to the stack folder; None for a file elsewhere or in an environment inside it."""
    if filename.startswith("<"):
        return None
    try:
        relative = (folder / filename).resolve().relative_to(folder)
    except (ValueError, OSError):
        return None
    hidden = any(part.startswith(".") for part in relative.parts[:-1])
    if hidden or FOREIGN_FOLDERS.intersection(relative.parts):
        return None
    return relative.as_posix()


def describe(exception: BaseException, folder: Path) -> ProgramFailure:
    """`exception` as a failure of the program in `folder`, its causes' frames included."""
    frames: list[Source] = []
    for link in _chain(exception):
        for frame in traceback.extract_tb(link.__traceback__):
            _append(frames, frame.filename, frame.lineno, folder)
        if isinstance(link, SyntaxError) and link.filename:
            _append(frames, link.filename, link.lineno, folder)
    return ProgramFailure(_message(exception), type(exception).__qualname__, tuple(frames))


def _append(frames: list[Source], filename: str, line: int | None, folder: Path) -> None:
    file = own_file(filename, folder)
    if file is not None and Source(file, line) not in frames:
        frames.append(Source(file, line))


def _chain(exception: BaseException) -> Iterator[BaseException]:
    """The exception after all its causes, so that the last frames are its own."""
    seen: list[BaseException] = []
    link: BaseException | None = exception
    while link is not None and link not in seen:
        seen.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return reversed(seen)


def _message(exception: BaseException) -> str:
    if isinstance(exception, SyntaxError):
        return exception.msg
    if isinstance(exception, KeyError) and len(exception.args) == 1:
        return f"no key {exception.args[0]!r}"
    return str(exception)
