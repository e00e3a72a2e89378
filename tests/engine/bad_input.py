"""The ground of the table of bad inputs: a project to spoil, what must not change, and messages without their time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.engine.command import Azkeep, Done

GUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
MOMENTS = (
    (GUID, "GUID"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)"), "TIME"),
    (re.compile(r"(?<=applied already, at TIME by )\S+"), "USER"),
    (re.compile(r"\S+@\S+, process \d+, for \d+ \w+"), "USER@HOST, process PID, for SOME TIME"),
    (re.compile(r" +\d+(?:\.\d+)? s$", re.MULTILINE), ""),
    (re.compile(r"\bin \d+(?:\.\d+)? s\b"), "in SECONDS"),
    (re.compile(r"\b127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
)
"""What differs from run to run."""
STACK = "stacks/shop"
PROJECT = "name: shop\nruntime: python\n"
SETTINGS = "config:\n  azkeep:cloud: local\n  azure-native:location: westeurope\n"
GROUP = """import pulumi
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup("group", resource_group_name="shop-rg")
here = {"resource_group_name": group.name}
pulumi.export("group_id", group.id)
"""
STATE = ".azkeep/local/state"


@dataclass(frozen=True)
class Row:
    """One bad input. `files` are laid over the sound project, None removes one; `untouched`: not even azkeep's own
    folder may come into being."""

    name: str
    arguments: tuple[str, ...]
    files: Mapping[str, str | None] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    code: int = 1
    untouched: bool = True


def sound_project(folder: Path) -> None:
    """A project with one stack, `shop`, that has one environment."""
    for file, text in {
        "azkeep.yaml": "",
        f"{STACK}/Pulumi.yaml": PROJECT,
        f"{STACK}/Pulumi.dev.yaml": SETTINGS,
        f"{STACK}/__main__.py": GROUP,
    }.items():
        write(folder / file, text)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lay(folder: Path, files: Mapping[str, str | None]) -> None:
    """Lays `files` over `folder`; None removes one."""
    for name, text in files.items():
        if text is None:
            (folder / name).unlink()
        else:
            write(folder / name, text)


def contents(folder: Path, *, own: bool = False) -> dict[str, bytes]:
    """Every file of the user and the recorded state by path; with `own` all of azkeep's own files too."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if own or _counts(name)}


def _counts(name: str) -> bool:
    if "__pycache__" in name:
        return False
    return not name.startswith(".azkeep/") or (name.startswith(STATE) and "/stacks/" in name and ".bak" not in name)


def said(arguments: tuple[str, ...], done: Done, folder: Path) -> str:
    """A run as golden text: what was typed, the exit code, and all that was said, without what differs each time."""
    parts = [f"$ azkeep {' '.join(arguments)}\nexit code {done.code}\n"]
    parts += [f"--- {name}\n{text}" for name, text in (("stdout", done.out), ("stderr", done.err)) if text]
    text = "\n".join(parts).replace(str(folder), "FOLDER")
    for pattern, word in MOMENTS:
        text = pattern.sub(word, text)
    return text


@dataclass(frozen=True)
class Table:
    """Runs azkeep on bad input and holds what it says to the golden text."""

    azkeep: Azkeep
    golden: Callable[[str, str], None]

    @property
    def folder(self) -> Path:
        return self.azkeep.folder

    def refused(self, name: str, *arguments: str, code: int = 1, own: bool = False, **environment: str) -> Done:
        """The run fails with `code` and the golden message, without a traceback, and every file is as it was."""
        before = contents(self.folder, own=own)
        done = self.failed(name, *arguments, code=code, **environment)
        after = contents(self.folder, own=own)
        if own:
            assert after == before, sorted(before.keys() ^ after.keys())
        else:
            assert {file: after.get(file) for file in before} == before
            assert all(file.startswith(STATE) for file in after.keys() - before.keys())
        return done

    def failed(self, name: str, *arguments: str, code: int = 1, **environment: str) -> Done:
        """The run fails with `code` and the golden message, without a traceback."""
        done = self.azkeep(*arguments, code=None, timeout=120, **environment)
        self.says(name, arguments, done)
        assert done.code == code, done.err
        return done

    def says(self, name: str, arguments: tuple[str, ...], done: Done) -> None:
        text = said(arguments, done, self.folder)
        self.golden(f"bad_input/{name}.txt", text)
        assert "Traceback" not in text
        assert "internal error" not in text
