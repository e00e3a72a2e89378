"""Words of a closed list come back in another casing or spacing: `TLS1_2` and `Tls1_2`, `disabled` and `Disabled`.

Source: REST API descriptions mark such lists `modelAsString`; services compare them without case and answer in their
own.
"""

from collections.abc import Mapping
from typing import Any

from azkeep.model.value import Body, join, put
from azkeep.types.members import inputs_of
from azkeep.types.resource_type import ResourceType


def fold_enums(body: Body, type_: ResourceType | None) -> Body:
    """`body` with every value that its type's schema takes from a list as the schema writes it."""
    if type_ is None:
        return body
    for member in list(inputs_of(type_, body)):
        known = member.node.get("enum")
        if not known or not isinstance(member.value, str):
            continue
        folded = _word(member.value, known)
        if folded != member.value:
            body = put(body, join(member.path), folded)
    return body


def _word(value: str, known: Any) -> str:
    words: Mapping[str, str] = {_plain(str(word)): str(word) for word in known}
    if "," in value:
        return ", ".join(sorted(words.get(_plain(part), part.strip()) for part in value.split(",")))
    return words.get(_plain(value), value)


def _plain(text: str) -> str:
    return text.replace(" ", "").replace("_", "").lower()
