"""init: a new stack folder from a shipped template."""

from __future__ import annotations

import re
import shutil
from difflib import get_close_matches
from pathlib import Path

from azkeep.errors import UsageError
from azkeep.jobs.options import InitOptions, Progress
from azkeep.model.report import Header, Report, Scaffold
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
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is not empty",
            fix="Choose a folder that is new or empty.",
            subject=str(folder),
        )
    shutil.copytree(template, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
    if options.name:
        _rename(folder / "Pulumi.yaml", options.name)
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


def _rename(file: Path, name: str) -> None:
    """Changes the project's name, the rest of the file left as it stands."""
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"^name:.*$", f"name: {name}", text, count=1, flags=re.MULTILINE), encoding="utf-8")
