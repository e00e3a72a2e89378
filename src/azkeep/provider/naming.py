"""Names for resources whose program gives none. Source: azure-native's autonaming and the engine's three modes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from azkeep.types.resource_type import ResourceType

RANDOM_FLAG = "__createBeforeDelete"
"""Input that azure-native keeps beside a random name: the replacement may be created before the old one goes."""


class Mode(Enum):
    """How the engine wants names to be made."""

    PROVIDER = "provider"
    PROPOSE = "propose"
    ENFORCE = "enforce"
    DISABLE = "disable"


@dataclass(frozen=True)
class Naming:
    """One request for a name. `proposed` is the engine's own name; an empty `seed` gives a name by chance."""

    urn_name: str
    seed: bytes = b""
    mode: Mode = Mode.PROVIDER
    proposed: str = ""


def named(type_: ResourceType, naming: Naming, olds: Mapping[str, Any]) -> dict[str, Any]:
    """The name input and, where the name is random, its flag; {} where no name may be made."""
    key = type_.name_input
    if key is None or type_.autoname == "never":
        return {}
    if key in olds:
        return {key: olds[key], **({RANDOM_FLAG: True} if olds.get(RANDOM_FLAG) is True else {})}
    if naming.mode is Mode.DISABLE:
        return {}
    if naming.mode is Mode.ENFORCE or (naming.mode is Mode.PROPOSE and type_.autoname != "uuid"):
        return {key: naming.proposed, RANDOM_FLAG: True}
    if type_.autoname == "copy":
        return {key: naming.urn_name}
    if type_.autoname == "uuid":
        return {key: str(UUID(_characters(naming.seed, 32))), RANDOM_FLAG: True}
    return {key: naming.urn_name + _characters(naming.seed, 8), RANDOM_FLAG: True}


def _characters(seed: bytes, count: int) -> str:
    """`count` hexadecimal characters, the same for the same seed."""
    if not seed:
        return secrets.token_hex(count)[:count]
    return hashlib.sha256(seed).hexdigest()[:count]
