"""Where things lie: the folder of a stack, the root of its project, and azkeep's own folder in it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from azkeep.errors import Source, UsageError

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")
SETTINGS_FILE = "azkeep.yaml"
OWN_FOLDER = ".azkeep"
MARKERS = (SETTINGS_FILE, ".git")
STACKS_FOLDER = "stacks"


@dataclass(frozen=True)
class Place:
    """A stack's folder and its project's root; `own` is azkeep's folder, which may not exist yet."""

    folder: Path
    root: Path

    @property
    def own(self) -> Path:
        return self.root / OWN_FOLDER

    def shown(self, path: Path) -> str:
        """`path` as to be shown: relative to the root where it lies in it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def from_root(self, source: Source | None) -> Source | None:
        """A place in the stack's folder, named from the root, as reports outside that folder need it."""
        folder = self.folder.relative_to(self.root).as_posix() if self.folder.is_relative_to(self.root) else "."
        return source if source is None or folder == "." else Source(f"{folder}/{source.file}", source.line)


def locate(stack: str, *, working_folder: Path | None = None) -> Place:
    """The place of `stack`: a folder that holds a Pulumi project, or the name of one in `stacks/`."""
    folder = resolve_stack(stack, working_folder=working_folder)
    return Place(folder, find_root(folder))


def find_root(folder: Path) -> Path:
    """The nearest folder at or above `folder` with azkeep.yaml or .git, else `folder` itself."""
    return next((candidate for candidate in (folder, *folder.parents) if marker_of(candidate)), folder)


def marker_of(folder: Path) -> str | None:
    """The name of what makes `folder` the root of a project; None if nothing does."""
    return next((name for name in MARKERS if (folder / name).exists()), None)


def project_file(folder: Path) -> Path | None:
    """The Pulumi.yaml of `folder`, None if it holds no project."""
    return next((folder / name for name in PROJECT_FILES if (folder / name).is_file()), None)


def resolve_stack(stack: str, *, working_folder: Path | None = None) -> Path:
    """The absolute folder of `stack`; a folder that is a project wins over a name in `stacks/`.

    `stacks/` is looked for in the working folder and those above it, up to the project's root. Raises UsageError
    that lists what exists.
    """
    here = (working_folder or Path.cwd()).resolve()
    given = (here / Path(stack).expanduser()).resolve()
    if given.is_file() and given.name in PROJECT_FILES:
        return given.parent
    if given.is_dir() and project_file(given):
        return given
    shelves = _shelves(here)
    if Path(stack).name == stack:
        for shelf in shelves:
            if project_file(shelf / stack):
                return shelf / stack
    raise _not_a_stack(stack, given, shelves)


def named_stacks(working_folder: Path | None = None) -> tuple[str, ...]:
    """Names of the stacks in `stacks/`, sorted."""
    here = (working_folder or Path.cwd()).resolve()
    return tuple(sorted({child.name for shelf in _shelves(here) for child in shelf.iterdir() if project_file(child)}))


def _shelves(here: Path) -> tuple[Path, ...]:
    root = find_root(here)
    up_to_root = [folder for folder in (here, *here.parents) if folder.is_relative_to(root)]
    return tuple(folder / STACKS_FOLDER for folder in up_to_root if (folder / STACKS_FOLDER).is_dir())


def _not_a_stack(stack: str, given: Path, shelves: tuple[Path, ...]) -> UsageError:
    names = sorted({child.name for shelf in shelves for child in shelf.iterdir() if project_file(child)})
    if given.is_file():
        of_a_stack = project_file(given.parent) is not None
        fix = f"Name its folder: {Path(stack).parent}" if of_a_stack else "Name the stack first, then the file."
        return UsageError(f"`{stack}` is a file, not a stack", subject=stack, fix=fix)
    summary = f"`{stack}` is a folder without a Pulumi.yaml" if given.is_dir() else f"there is no stack `{stack}`"
    close = get_close_matches(stack, names, n=1)
    known = f"Stacks here: {', '.join(names)}." if names else "No stacks/ folder with a project was found here."
    fix = f"Did you mean `{close[0]}`?" if close else "Give a folder that holds a Pulumi.yaml, or `azkeep init` one."
    return UsageError(summary, detail=known, fix=fix, subject=stack)
