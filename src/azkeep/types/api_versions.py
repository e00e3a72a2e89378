"""Which API versions Azure answers a resource type at: one table, for requests and for `/providers`.

The versions of a type are those that azure-native knows its classes at (`make types`; they are the folder names of
azure-rest-api-specs), and those that Azure itself names besides. A nested type has every version of the type it is
nested in, from its own first one on: services version a family as a whole, and azure-native leaves out what did not
change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from azkeep.types import all_types, by_arm_type, by_token, tokens
from azkeep.types.resource_type import ResourceType

VERSION = re.compile(r"(\d{4})-(\d{2})-(\d{2})(-(preview|privatepreview|beta|alpha))?\Z", re.IGNORECASE | re.ASCII)
OLDEST = date(2014, 1, 1)
OPEN = frozenset({"microsoft.consumption", "microsoft.security"})
"""Namespaces whose older versions azure-native leaves out: there every date from OLDEST to today is taken."""

OBSERVED: Mapping[str, tuple[str, ...]] = {
    # As Azure lists them in its refusals of other versions, and in the answers of `/providers`.
    "microsoft.authorization/roleassignments": (
        "2014-04-01-preview", "2014-07-01-preview", "2014-10-01-preview", "2015-05-01-preview", "2015-06-01",
        "2016-07-01", "2017-05-01", "2017-09-01",
    ),
    "microsoft.insights/components": ("2014-04-01", "2014-08-01", "2014-12-01-preview"),
    "microsoft.insights/diagnosticsettings": ("2015-07-01", "2016-09-01", "2020-01-01-preview"),
    "microsoft.keyvault/vaults": ("2014-12-19-preview",),
    "microsoft.machinelearningservices/workspaces": ("2020-02-02", "2020-04-01-preview", "2021-10-01"),
    "microsoft.operationalinsights/workspaces": (
        "2015-03-20", "2017-01-01-preview", "2017-03-03-preview", "2017-03-15-preview", "2017-04-26-preview",
        "2021-03-01-privatepreview", "2023-01-01-preview",
    ),
    "microsoft.resources/resourcegroups": (
        # What Resource Manager names for its own types: groups, subscriptions, providers, deployments, tags.
        "2014-01-01", "2014-04-01-preview", "2014-04-01", "2015-01-01", "2016-06-01", "2017-03-01", "2017-05-01",
        "2017-06-01", "2017-08-01", "2017-12-01", "2018-01-01", "2018-06-01", "2018-07-01", "2018-08-01", "2018-09-01",
        "2018-11-01", "2019-06-01", "2019-09-01", "2019-11-01", "2020-01-01", "2020-05-01", "2020-07-01", "2020-09-01",
        "2022-01-01", "2022-03-01-preview", "2022-05-01", "2022-06-01", "2022-11-01-preview", "2022-12-01",
        "2023-03-01-preview", "2023-07-01-preview", "2024-06-01-preview", "2024-08-01",
    ),
    "microsoft.storage/storageaccounts": ("2016-07-01", "2021-05-01"),
}  # fmt: skip
NETWORK_OBSERVED = (
    "2014-12-01-preview", "2016-07-01", "2016-08-01", "2016-10-01", "2016-11-01", "2017-04-01", "2018-03-01",
    "2018-05-01", "2020-01-01", "2021-01-01", "2021-04-01", "2021-06-01", "2021-12-01",
)  # fmt: skip
"""What Azure names for network interfaces besides; the service versions its types as one, private DNS zones apart."""


def api_versions(type_: ResourceType) -> tuple[str, ...]:
    """All versions that are known for a type, newest first; of one date, the preview after the stable one."""
    return tuple(sorted(_known(type_.arm_type.lower()), key=_by_date, reverse=True))


def has_api_version(type_: ResourceType, version: str, today: Callable[[], date]) -> bool:
    """True if Azure answers for the type at `version`: one that is known, or one newer than all that are known.

    `today` is asked for unknown versions alone.
    """
    lowered = version.lower()
    known = _known(type_.arm_type.lower())
    if lowered in known:
        return True
    day = _day(lowered)
    if day is None or day > today():
        return False
    if type_.namespace.lower() in OPEN:
        return day >= OLDEST
    return day > max(found for each in known if (found := _day(each)))


def _by_date(version: str) -> tuple[str, bool]:
    return version[:10], len(version) == len("2024-01-01")


def _day(version: str) -> date | None:
    """The date that a version is named after; None if it is none."""
    found = VERSION.match(version)
    try:
        return date(*(int(part) for part in found.groups()[:3])) if found else None
    except ValueError:
        return None


@cache
def _known(arm_type: str) -> frozenset[str]:
    """Versions of one type, in lower case."""
    own = _of_classes(arm_type) | frozenset(OBSERVED.get(arm_type, ()))
    namespace, first, *nested = arm_type.split("/")
    if namespace == "microsoft.network" and not first.startswith("privatedns"):
        own |= {version for version in NETWORK_OBSERVED if version > min(own)}
    type_ = by_arm_type(f"{namespace}/{first}") if nested else None
    if type_ is None:
        return own
    return own | {version for version in _known(type_.arm_type.lower()) if version >= min(own)}


def _of_classes(arm_type: str) -> frozenset[str]:
    """Versions of a type's azure-native classes; only their own property trees are read."""
    return frozenset(version for type_ in _classes()[arm_type] for version in type_.schema.api_versions)


@cache
def _classes() -> dict[str, list[ResourceType]]:
    """Lower-case ARM type → its entries, variants among them."""
    found: dict[str, list[ResourceType]] = {}
    variants = (type_ for token in tokens() if (type_ := by_token(token)) is not None and type_.variant)
    for type_ in (*all_types(), *variants):
        found.setdefault(type_.arm_type.lower(), []).append(type_)
    return found
