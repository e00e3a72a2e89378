"""Types of parameters: each turns what was typed into a value, or says what it should have been."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from azkeep.model.value import join

if TYPE_CHECKING:
    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # generic in newer releases of click only

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class FormatChoice:
    """One `--format`: its name, and the file it goes to; None for stdout."""

    name: str
    file: Path | None = None


class FormatType(ParamType):
    name = "format[=file]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> FormatChoice:
        from azkeep.render import formats

        if isinstance(value, FormatChoice):
            return value
        name, equals, file = str(value).partition("=")
        if name not in formats():
            self.fail(f"`{name}` is not a format; there are: {', '.join(formats())}", param, ctx)
        if equals and not file:
            self.fail(f"`{value}` names no file", param, ctx)
        path = Path(file).expanduser() if file else None
        if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
            self.fail(f"`{file}` cannot be written: its folder does not exist, or it is one", param, ctx)
        return FormatChoice(name, path)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from azkeep.render import formats

        return [CompletionItem(name) for name in formats() if name.startswith(incomplete)]


class PairType(ParamType):
    """`KEY=VALUE`; the value may hold further `=`."""

    name = "key=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        key, equals, rest = str(value).partition("=")
        if not equals or not key.strip():
            self.fail("write KEY=VALUE", param, ctx)
        return key.strip(), rest


class ChangeType(ParamType):
    """`PATH=VALUE`: (JSON pointer, value); a value that is JSON is taken as such, any other as text."""

    name = "path=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Any]:
        if isinstance(value, tuple):
            return value
        path, equals, text = str(value).partition("=")
        if not equals or not path.strip("/."):
            self.fail(f"`{value}` is not PATH=VALUE, such as properties.publicNetworkAccess=Enabled", param, ctx)
        return pointer(path), json_or_text(text)


class ResourceType(ParamType):
    """An ARM id or a Pulumi URN."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from azkeep.model.ids import ArmId

        text = str(value)
        if text.startswith("urn:pulumi:"):
            return text
        try:
            ArmId.parse(text)
        except ValueError:
            self.fail(f"`{text}` is neither an ARM id (/subscriptions/…) nor a URN (urn:pulumi:…)", param, ctx)
        return text


class ChosenType(ParamType):
    """What of a stack is meant: an ARM id, a Pulumi URN, or a resource's name in the program."""

    name = "resource"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        if "/" in text or text.startswith("urn:"):
            return ResourceType().convert(text, param, ctx)
        if not text:
            self.fail("it is empty", param, ctx)
        return text


class DurationType(ParamType):
    """Seconds, or a number with s, m or h."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, int | float):
            return float(value)
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(value).strip())
        if not found:
            self.fail(f"`{value}` is not a time such as 30, 90s or 5m", param, ctx)
        return float(found[1]) * UNITS[found[2]]


class StackType(ParamType):
    """A folder, or the name of a stack in `stacks/`."""

    name = "stack"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not str(value).strip():
            self.fail("it is empty", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from azkeep.settings.project import named_stacks

        named = [CompletionItem(name) for name in named_stacks() if name.startswith(incomplete)]
        return [*named, CompletionItem(incomplete, type="dir")]


class EnvironmentType(ParamType):
    """An environment of the stack that was typed before it."""

    name = "env"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from azkeep.errors import AzkeepError
        from azkeep.settings.project import resolve_stack
        from azkeep.settings.stack import environments

        # An option that still lacks its value keeps the arguments before it from being parsed.
        typed = ctx.params.get("stack") or next((each for each in ctx.args if not each.startswith("-")), ".")
        try:
            found = environments(resolve_stack(typed))
        except AzkeepError:
            return []
        return [CompletionItem(name) for name in found if name.startswith(incomplete)]


def pointer(path: str) -> str:
    """The JSON pointer of a path as people write it, `a.b[0].c`; a pointer stays as it is."""
    if path.startswith("/"):
        return path
    dotted = re.sub(r"\[(\d+)\]", r".\1", path)
    return join(tuple(part for part in dotted.split(".") if part))


def json_or_text(text: str) -> Any:
    """`text` read as JSON where it is JSON, else itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
