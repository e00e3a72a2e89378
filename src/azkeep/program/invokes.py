"""Answers to functions that a program calls at once, without waiting for an Output.

Such a call must return an object of its result class now. Text is the unknown sentinel, which makes whatever it is
pasted into unknown; other values are absent, lists and maps empty.
"""

from __future__ import annotations

import sys
import typing
from typing import Any

import pulumi.runtime
from pulumi import _types
from pulumi.runtime.invoke import InvokeResult

from azkeep.program.monitor import CLIENT_CONFIG
from azkeep.program.wire import UNKNOWN

DEEPEST = 6


def answer_with_unknowns() -> None:
    """From now on, in this process, `pulumi.runtime.invoke` answers in the shape of the result class."""
    invoke = pulumi.runtime.invoke

    def shaped(tok: str, props: Any, opts: Any = None, typ: Any = None, *rest: Any, **named: Any) -> Any:
        if tok == CLIENT_CONFIG or typ is None:
            return invoke(tok, props, opts, typ, *rest, **named)
        return InvokeResult(shape(typ, DEEPEST))

    pulumi.runtime.invoke = shaped
    _later_without_value(sys.modules["pulumi.runtime.invoke"])


def _later_without_value(sdk: Any) -> None:
    """Makes answers that a program waits for unknown: pulumi 3.231 does not read the engine's word for it."""
    ask = sdk._invoke

    async def unknown(tok: str, *rest: Any, **named: Any) -> InvokeResult:
        found: InvokeResult = await ask(tok, *rest, **named)
        return found if tok == CLIENT_CONFIG else InvokeResult(None, is_known=False)

    sdk._invoke = unknown


def shape(typ: Any, depth: int) -> Any:
    """An unknown value of `typ`, as far as Python can hold one."""
    typ = _types.unwrap_optional_type(typ)
    if typ is str:
        return UNKNOWN
    origin = typing.get_origin(typ) or typ
    if isinstance(origin, type) and issubclass(origin, dict) and not _types.is_output_type(origin):
        return {}
    if (isinstance(origin, type) and issubclass(origin, list | tuple)) or origin in (typing.Sequence,):
        return []
    if not isinstance(typ, type) or not _types.is_output_type(typ) or not depth:
        return None
    members = {name: shape(member, depth - 1) for name, member in _types.output_type_types(typ).items()}
    return _types.output_type_from_dict(typ, members)
