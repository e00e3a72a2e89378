"""Values for showing: what is secret is masked by its type, what is not known says so."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azkeep.model.drift import Who
from azkeep.model.ids import GUID
from azkeep.model.plan import Change
from azkeep.model.value import Reference, Secret, Unknown, split

MASK = "[secret]"
NOT_KNOWN = "(known after apply)"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LONGEST = 120
"""Characters of a value in a table; the rest is counted."""


def plain(value: Any, *, reveal: bool = False, unknown: str | None = None) -> Any:
    """`value` as JSON: Secret is masked unless revealed, Unknown is `unknown`, Reference an object with its source."""
    if isinstance(value, Secret):
        return plain(value.value, reveal=True, unknown=unknown) if reveal else MASK
    if isinstance(value, Unknown):
        return unknown
    if isinstance(value, Reference):
        return {"reference": {"urn": value.urn, "output": value.output}}
    if isinstance(value, Mapping):
        return {str(key): plain(value[key], reveal=reveal, unknown=unknown) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, reveal=reveal, unknown=unknown) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if value - value == 0 else str(value)
    return str(value)


def shown(value: Any, *, full: bool = False) -> str:
    """`value` on one line: JSON with masks, shortened to LONGEST unless `full`."""
    if isinstance(value, Unknown):
        return NOT_KNOWN
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, Reference):
        return f"{value.urn.rsplit('::', 1)[-1]}.{value.output}"
    text = json.dumps(plain(value, unknown=NOT_KNOWN), ensure_ascii=False)
    if full or len(text) <= LONGEST:
        return clean(text)
    return f"{clean(text[:LONGEST])}… ({len(text)} characters)"


def before(change: Change) -> Any:
    """The old value of a change, masked as a whole if the change is secret."""
    return Secret(change.before) if change.secret and change.before is not None else change.before


def after(change: Change) -> Any:
    """The new value of a change, Unknown if it is not known yet."""
    if change.unknown:
        return Unknown()
    return Secret(change.after) if change.secret and change.after is not None else change.after


def dotted(pointer: str) -> str:
    """A JSON pointer as people write it: `properties.rules[0].name`; what is no plain name stands in quotes."""
    text = ""
    for part in split(pointer):
        if part.isdigit():
            text += f"[{part}]"
        elif part.replace("_", "a").replace("-", "a").replace("$", "a").isalnum():
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part, ensure_ascii=False)}]"
    return clean(text)


def clean(text: str) -> str:
    """`text` without characters that would steer a terminal; each becomes its escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def clean_lines(text: str) -> list[str]:
    """The lines of `text`, tabs widened, each cleaned; colours that a child wrote are dropped."""
    words = COLOURS.sub("", text).strip("\n")
    return [clean(line.expandtabs(4)) for line in words.splitlines()] if words.strip() else []


def stamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the second; a moment without zone is taken as UTC."""
    if moment is None:
        return None
    zoned = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return zoned.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime | None:
    """A recorded time, None for what is none; Azure writes seven digits of a second, one more than Python reads."""
    whole, dot, rest = text.rstrip("Zz").partition(".")
    try:
        found = datetime.fromisoformat(f"{whole}{dot}{rest[:6]}" if dot and rest.isdecimal() else text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def second(text: str) -> str:
    """A recorded time to the second, in UTC; what is none stays as it is."""
    return stamp(moment(text)) or text


def client(who: Who) -> str:
    """The client of a write where it has a name of its own; "" for the bare id of an application, which nobody can
    read, and for an application that is the caller itself."""
    return "" if GUID.fullmatch(who.client) or who.client.lower() == who.by.lower() else who.client


def resource_name(urn_or_id: str) -> str:
    """The last name in a URN or an ARM id."""
    return urn_or_id.rsplit("::", 1)[-1].rsplit("/", 1)[-1]
