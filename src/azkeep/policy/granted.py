"""Waivers that a program grants itself, on one resource each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from azkeep.errors import AzkeepError, Problems, SettingsError
from azkeep.model.finding import WAIVER_TOKEN, Waiver
from azkeep.model.resource import Resource


def granted(resources: Iterable[Resource]) -> tuple[Waiver, ...]:
    """The waivers among `resources`, in their order. Raises SettingsError, or Problems, where one is not whole."""
    found, problems = [], []
    for resource in resources:
        if resource.token != WAIVER_TOKEN:
            continue
        try:
            found.append(_waiver(resource))
        except SettingsError as error:
            problems.append(error)
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(list[AzkeepError](problems))
    return tuple(found)


def _waiver(resource: Resource) -> Waiver:
    texts = {key: str(value) for key, value in resource.inputs.items() if isinstance(value, str)}
    missing = [key for key in ("rule", "reason", "owner", "expires") if not texts.get(key)]
    if missing:
        raise SettingsError(f"a waiver needs `{missing[0]}`", subject=resource.name, source=resource.source)
    try:
        expires = date.fromisoformat(texts["expires"])
    except ValueError as error:
        raise SettingsError(f"`expires` of a waiver is no date: {texts['expires']}", subject=resource.name,
                            source=resource.source, fix="Write YYYY-MM-DD.") from error  # fmt: skip
    return Waiver(texts["rule"], resource.parent, texts["reason"], texts["owner"], expires, texts.get("ticket", ""),
                  resource.source)  # fmt: skip
