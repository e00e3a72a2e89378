"""--only, --exclude and --replace: ARM ids, URNs or names in, the engine's selection out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from azkeep.engine.session import Selection
from azkeep.errors import UsageError
from azkeep.jobs.stack import OpenStack
from azkeep.model.ids import key_of

LISTED = 20


def select(opened: OpenStack, *, removing: bool = False) -> Selection:
    """The selection that the options name. Raises UsageError that lists what there is if no resource has such a name,
    or several have it.

    Where all are recorded, or with `removing`, the program is not asked what it declares.
    """
    options = opened.stack.options
    names = (*options.only, *options.exclude, *options.replace)
    if not names:
        return Selection()
    known = {resource.urn: resource.id for resource in opened.session.state().resources}
    urns = _by_name(known)
    # A name that is recorded once may stand for something new as well; an id and a URN may not.
    if not removing and any(_key(name) not in urns or _is_name(name) for name in names):
        known = {**opened.declared, **known}
        urns = _by_name(known)
    for name in filter(_is_name, names):
        _refuse_several(name, known)
    missing = tuple(name for name in names if _key(name) not in urns)
    if missing:
        raise _unknown(missing, known)
    named = (tuple(urns[_key(name)] for name in group) for group in (options.only, options.exclude, options.replace))
    targets, excludes, replaces = named
    return Selection(targets=targets, excludes=excludes, replaces=replaces)


def ids_of(names: Iterable[str], recorded: Mapping[str, str]) -> tuple[str, ...]:
    """The ARM ids that `names` mean: ids as they are, also of what is not the stack's, else of what is recorded.

    `recorded` is URN → id. Raises UsageError for a name that nothing recorded has, or several have.
    """
    urns = _by_name(recorded)
    return tuple(_id_of(name, urns, recorded) for name in names)


def _id_of(name: str, urns: Mapping[str, str], recorded: Mapping[str, str]) -> str:
    if _is_name(name):
        _refuse_several(name, recorded)
        if _key(name) not in urns:
            raise _unknown((name,), recorded)
    urn = urns.get(_key(name))
    return recorded[urn] if urn else name


def _by_name(known: Mapping[str, str | None]) -> dict[str, str]:
    """Everything that a resource may be called → its URN."""
    return {
        **{_key(urn.rsplit("::", 1)[-1]): urn for urn in known},
        **{urn: urn for urn in known},
        **{_key(id): urn for urn, id in known.items() if id},
    }


def _is_name(text: str) -> bool:
    return not text.startswith("urn:") and "/" not in text


def _refuse_several(name: str, known: Mapping[str, str | None]) -> None:
    """Raises UsageError where more than one resource has the name."""
    found = sorted(urn for urn in known if urn.rsplit("::", 1)[-1].lower() == name.lower())
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} resources of this stack are called {name}",
            detail="\n".join(known[urn] or urn for urn in found),
            fix="Name the one that is meant by its id or its URN.",
            subject=name,
        )


def _unknown(missing: tuple[str, ...], known: Mapping[str, str | None]) -> UsageError:
    there = sorted(name for urn, id in known.items() if (name := _as_written(missing[0], urn, id)))
    more = f"\nand {len(there) - LISTED} more" if len(there) > LISTED else ""
    close = get_close_matches(missing[0], there, n=1, cutoff=0.6 if _is_name(missing[0]) else 0.8)
    return UsageError(
        f"no resource of this stack has the {'name' if _is_name(missing[0]) else 'id'} {', '.join(missing)}",
        detail="It has:\n" + "\n".join(there[:LISTED]) + more if there else "It has none.",
        fix=f"Did you mean {close[0]}?"
        if close
        else "azkeep preview STACK --format json lists every resource with its id and URN.",
        subject=missing[0],
    )


def _as_written(like: str, urn: str, id: str | None) -> str | None:
    """What a resource is called in the form of `like`."""
    if like.startswith("urn:"):
        return urn
    return urn.rsplit("::", 1)[-1] if _is_name(like) else id


def _key(name: str) -> str:
    """`name` as it is compared: ARM ids in any case, URNs as they are."""
    return name if name.startswith("urn:") else key_of(name)
