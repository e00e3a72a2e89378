"""--only, --exclude and --replace: ARM ids or URNs in, the engine's selection out."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from azkeep.engine.session import Selection
from azkeep.errors import UsageError
from azkeep.jobs.stack import OpenStack
from azkeep.model.ids import ArmId

LISTED = 20


def select(opened: OpenStack, *, removing: bool = False) -> Selection:
    """The selection that the options name. Raises UsageError that lists what there is if no resource has such a name.

    Where all are recorded, or with `removing`, the program is not asked what it declares.
    """
    options = opened.stack.options
    names = (*options.only, *options.exclude, *options.replace)
    if not names:
        return Selection()
    known = {resource.urn: resource.id for resource in opened.session.state().resources}
    urns = _by_name(known)
    if not removing and any(_key(name) not in urns for name in names):
        known = {**opened.declared, **known}
        urns = _by_name(known)
    missing = tuple(name for name in names if _key(name) not in urns)
    if missing:
        raise _unknown(missing, known)
    named = (tuple(urns[_key(name)] for name in group) for group in (options.only, options.exclude, options.replace))
    targets, excludes, replaces = named
    return Selection(targets=targets, excludes=excludes, replaces=replaces)


def _by_name(known: Mapping[str, str | None]) -> dict[str, str]:
    """Everything that a resource may be called → its URN."""
    return {**{urn: urn for urn in known}, **{_key(id): urn for urn, id in known.items() if id}}


def _unknown(missing: tuple[str, ...], known: Mapping[str, str | None]) -> UsageError:
    wanted = [urn if missing[0].startswith("urn:") else id for urn, id in known.items()]
    there = sorted(name for name in wanted if name)
    more = f"\nand {len(there) - LISTED} more" if len(there) > LISTED else ""
    close = get_close_matches(missing[0], there, n=1, cutoff=0.8)
    return UsageError(
        f"no resource of this stack has the id {', '.join(missing)}",
        detail="It has:\n" + "\n".join(there[:LISTED]) + more if there else "It has none.",
        fix=f"Did you mean {close[0]}?"
        if close
        else "azkeep preview STACK --format json lists every resource with its id and URN.",
        subject=missing[0],
    )


def _key(name: str) -> str:
    """`name` as it is compared: ARM ids in any case, URNs as they are."""
    if name.startswith("urn:"):
        return name
    try:
        return ArmId.parse(name).key
    except ValueError:
        return name.lower()
