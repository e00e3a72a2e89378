"""docs/local-cloud from the resource types and the contract tests; `--check` names what is not in step, writes nothing.

What a page says holds because a test shows it: the sentences are the tests' own claims.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path

from azkeep.types import all_types
from azkeep.types.resource_type import ResourceType, Timing

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "local-cloud"
TESTS = ROOT / "tests" / "contract"
AREAS = {"emulator": "By any client", "sdks": "Through the management SDKs", "hostile": "Hostile requests",
         "mlclient": "Through MLClient of azure-ai-ml", "az": "Through the Azure CLI",
         "clients": "Through other clients"}  # fmt: skip


def pages() -> dict[Path, str]:
    """Every page and its text."""
    return {
        FOLDER / "types.md": "\n".join(_types()) + "\n",
        FOLDER / "features.md": "\n".join(_features()) + "\n",
    }


def _types() -> Iterator[str]:
    known = all_types()
    yield from (
        "# Resource types of the local cloud",
        "",
        f"Written by `make docs` from `src/azkeep/types`: {len(known)} types. A type that is not here is refused by"
        " name.",
        "",
        "- *API version*: the one whose shapes the type follows; requests at the others that Azure has are answered in"
        " it.",
        "- *written*: how long a write runs under `--realistic`; without it, and where nothing stands, it is done when"
        " it is answered.",
        "- *held to*: what the service checks beyond names, required members and value types: links that must exist,"
        " values settled once, what stands in the way of a deletion.",
        "- *kept back*: members that are taken and never returned.",
        "- *graph*: whether Resource Graph and its change records show the type, as in Azure.",
    )
    for namespace, found in groupby(known, key=lambda type_: type_.namespace):
        yield from ("", f"## {namespace}", "")
        yield "| type | API version | written | actions and views | held to | kept back | graph |"
        yield "|---|---|---|---|---|---|---|"
        yield from (_row(type_) for type_ in found)


def _row(type_: ResourceType) -> str:
    cells = (
        f"`{type_.arm_type.partition('/')[2]}`",
        type_.api_version,
        _written(type_.put),
        ", ".join(f"`{name}`" for name in sorted({*type_.actions, *type_.edits, *type_.views, *type_.asked})),
        "; ".join(_held(type_)),
        _number(kept, "member") if (kept := {*type_.secrets, *type_.write_only}) else "",
        "yes" if type_.in_resource_graph else "no",
    )
    return "| " + " | ".join(cells) + " |"


def _number(found: Collection[object], noun: str) -> str:
    return f"1 {noun}" if len(found) == 1 else f"{len(found)} {noun}s"


def _written(timing: Timing) -> str:
    return f"{timing.seconds:g} s" if timing.asynchronous and timing.seconds else ""


def _held(type_: ResourceType) -> Iterator[str]:
    if type_.links:
        yield _number(type_.links, "link")
    if type_.immutable:
        yield f"{len(type_.immutable)} settled once"
    if type_.linked:
        yield "rights on what it names"
    if "blocks_delete" in _given(type_):
        yield "deletion may be blocked"
    if type_.undeletable:
        yield "cannot be deleted through ARM"
    if type_.soft_delete:
        yield f"soft delete, {type_.soft_delete.days} days"
    if type_.regional_write_lock:
        yield "one write at a time"


def _given(type_: ResourceType) -> frozenset[str]:
    """Names of the functions that the type brings along instead of the ordinary ones."""
    fields = type(type_).__dataclass_fields__
    return frozenset(name for name, each in fields.items() if getattr(type_, name) is not each.default)


def _features() -> Iterator[str]:
    yield from (
        "# What the local cloud does",
        "",
        "Written by `make docs` from the contract tests: every sentence is a test's claim, and the test runs with"
        " `make test`. What it does not do is in [limits.md](limits.md).",
    )
    for folder, title in AREAS.items():
        files = sorted((TESTS / folder).glob("test_*.py"))
        if files:
            yield from ("", f"## {title}")
        for file in files:
            yield from _claims(file)


def _claims(file: Path) -> Iterator[str]:
    module = ast.parse(file.read_text(encoding="utf-8"))
    link = file.relative_to(ROOT).as_posix()
    yield from ("", f"### {_first(module).rstrip('.')}", "", f"[`{file.name}`](../../{link})", "")
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"- {_first(node)}"


def _first(node: ast.Module | ast.FunctionDef) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((ast.get_docstring(node) or node.__class__.__name__).split("\n\n")[0].split())


def main(arguments: list[str]) -> int:
    """1 with `--check` where a page is not in step, else 0."""
    wanted = pages()
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in arguments:
        sys.stdout.writelines(f"{path.relative_to(ROOT)} is not in step: make docs\n" for path in stale)
        return int(bool(stale))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
