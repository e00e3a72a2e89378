"""A fault of azkeep itself: one sentence to the user, and a file with what to send, without values or secrets."""

from __future__ import annotations

import errno
import os
import platform
import re
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from azkeep import __version__
from azkeep.errors import EXIT_FAILED

SECRETS = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a signed token
    r"|(?i:bearer|basic)\s+[\w.~+/=-]+"
    r"|(?i:\b(?:\w*key|\w*secret|\w*password|\w*passphrase|\w*token|sig|pwd)\b[\"']?\s*[=:]\s*)[\"']?[^\s\"',;&}]+"
    r"|://[^/\s:@]+:[^/\s@]+@"
    r"|[A-Za-z0-9+/_~.-]{32,}={0,2}"  # keys have no spaces; so have long paths, which tell nothing either
)

REFUSALS = {
    errno.ENOSPC: "Free some space on the disk.",
    errno.EDQUOT: "Free some space: your quota is used up.",
    errno.EROFS: "Use a folder that can be written to.",
    errno.EACCES: "Check the permissions of this file and its folder.",
    errno.EPERM: "Check the permissions of this file and its folder.",
    errno.EMFILE: "Raise the limit of open files: ulimit -n 4096.",
}
"""What the machine may refuse, and what to do."""


def report_crash(error: Exception, typed: list[str]) -> int:
    """Writes the report and says where it is; the exit code of a failure. What the machine refused needs no report."""
    if isinstance(error, OSError) and error.errno in REFUSALS:
        file = f": {error.filename}" if error.filename else ""
        sys.stderr.write(f"Error: {error.strerror}{file}\n  try  {REFUSALS[error.errno]}\n")
        return EXIT_FAILED
    if isinstance(error, FileNotFoundError) and _is_homeless():
        sys.stderr.write("Error: the folder that you are in has been removed\n  try  Change to one that exists: cd\n")
        return EXIT_FAILED
    try:
        path = write_report(error, typed)
    except OSError as failed:
        path = None
        sys.stderr.write(f"azkeep: no report could be written: {failed.strerror}\n")
    where = f" What happened is in {path}; it holds no secrets." if path else ""
    sys.stderr.write(f"Error: azkeep failed with an internal error ({type(error).__name__}).{where}\n")
    return EXIT_FAILED


def _is_homeless() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def write_report(error: Exception, typed: list[str]) -> Path:
    """The new report's path, readable by its owner alone."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "azkeep" / "reports"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        folder = Path(tempfile.gettempdir())
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    handle, name = tempfile.mkstemp(prefix=f"{moment}-", suffix=".txt", dir=folder, text=True)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(describe(error, typed))
    return Path(name)


def describe(error: Exception, typed: list[str]) -> str:
    """Versions, the command without its values, and the frames with the masked message."""
    frames = traceback.extract_tb(error.__traceback__)
    where = "\n".join(f"  {_shown(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames)
    return (
        f"azkeep {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}\n"
        f"command: azkeep {' '.join(masked_arguments(typed))}\n\n"
        f"{where}\n{type(error).__name__}: {mask(str(error))}\n"
    )


def masked_arguments(typed: list[str]) -> list[str]:
    """The arguments with everything behind a `=` left out, and `config set`'s value with it."""
    kept = [each.partition("=")[0] + "=…" if "=" in each else each for each in typed]
    if kept[:2] == ["config", "set"]:
        return [*kept[:4], *(each if each.startswith("-") else "…" for each in kept[4:])]
    return [mask(each) for each in kept]


def mask(text: str) -> str:
    """`text` without anything that looks like a secret."""
    return SECRETS.sub("[masked]", text)


def _shown(file: str) -> str:
    """A source file's place inside its package, without the machine's folders."""
    parts = Path(file).parts
    for mark in ("site-packages", "src"):
        if mark in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(mark) :])
    return "/".join(parts[-2:])
