"""init: a new stack folder from a shipped template."""

from __future__ import annotations

import re
import shutil
from difflib import get_close_matches
from pathlib import Path

from azkeep.errors import UsageError
from azkeep.jobs.options import InitOptions, Progress
from azkeep.model.report import Header, Report, Scaffold
from azkeep.program.project import NAME
from azkeep.settings.stack import DEFAULT_ENV, environments

PACKAGE = Path(__file__).parents[1]
SHELVES = (PACKAGE / "templates" / "stacks", PACKAGE.parents[1] / "stacks")
"""Where templates lie: in an installed package, and in a checkout."""
DEFAULT_TEMPLATE = "secure-workspace"
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".azkeep", ".venv", "*.pyc")


def run(options: InitOptions, progress: Progress) -> Report:
    """The files written. Raises UsageError for an unknown template or a folder that is not empty."""
    template = _template(options.template or DEFAULT_TEMPLATE)
    folder = Path(options.folder or options.name or template.name)
    name = _project_name(options.name, folder)
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is not empty",
            fix="Choose a folder that is new or empty.",
            subject=str(folder),
        )
    shutil.copytree(template, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
    if name:
        _rename(folder, name)
    files = tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()))
    return Report(Header(), Scaffold(str(folder), files, _next_steps(folder)))


def _next_steps(folder: Path) -> tuple[str, ...]:
    """Commands that work as they stand: where several environments exist, one of them is named."""
    found = environments(folder)
    chosen = DEFAULT_ENV if DEFAULT_ENV in found else next(iter(found), None)
    env = f" --env {chosen}" if chosen and len(found) > 1 else ""
    return (f"azkeep preview {folder}{env}", f"azkeep apply {folder}{env}")


def templates() -> dict[str, Path]:
    """The shipped stacks by name."""
    found = (child for shelf in SHELVES if shelf.is_dir() for child in shelf.iterdir())
    return {path.name: path for path in sorted(found) if (path / "Pulumi.yaml").is_file()}


def _template(name: str) -> Path:
    found = templates()
    if name in found:
        return found[name]
    close = get_close_matches(name, list(found), n=1)
    raise UsageError(
        f"there is no template `{name}`",
        detail=f"There are: {', '.join(found)}.",
        fix=f"--template {(close or list(found) or [DEFAULT_TEMPLATE])[0]}",
        subject=name,
    )


def _project_name(given: str | None, folder: Path) -> str | None:
    """The name that was asked for, else the folder's: two stacks of one name would share one state. None where the
    folder's is no name of a project. Raises UsageError where what was asked for is none."""
    name = given or folder.resolve().name
    if NAME.fullmatch(name):
        return name
    if given is None:
        return None
    raise UsageError(
        f"`{given}` is no name of a project: letters, digits, `_`, `-` and `.`, 100 at most",
        fix=f"--name {re.sub(r'[^A-Za-z0-9_.-]+', '-', given).strip('-')[:100] or DEFAULT_TEMPLATE}",
        subject=given,
    )


def _rename(folder: Path, name: str) -> None:
    """Gives the project its name, and the settings in its files the same one; all else is left as it stands."""
    file = folder / "Pulumi.yaml"
    text = file.read_text(encoding="utf-8")
    before = re.search(r"^name:\s*(\S+)", text, flags=re.MULTILINE)
    file.write_text(re.sub(r"^name:.*$", f"name: {name}", text, count=1, flags=re.MULTILINE), encoding="utf-8")
    if before is None:
        return
    for settings in folder.glob("Pulumi.*.yaml"):
        own = re.compile(rf"^(\s+){re.escape(before[1])}:", flags=re.MULTILINE)
        settings.write_text(own.sub(rf"\g<1>{name}:", settings.read_text(encoding="utf-8")), encoding="utf-8")
