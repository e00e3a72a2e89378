"""A region has two names, `West Europe` and `westeurope`, and services answer with either.

Source: Azure Resource Manager, subscriptions list locations: `displayName` and `name`.
"""

from azkeep.audit.reconcile.walk import each_text
from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType

PLACES = ("location", "locations", "region", "regions", "primarylocation", "secondarylocation", "locationname")


def fold_regions(body: Body, type_: ResourceType | None) -> Body:
    """`body` with the short name of every region."""

    def fold(path: tuple[str, ...], text: str) -> str:
        names = [part.lower() for part in path if not part.isdigit()]
        is_place = bool(names) and names[-1] in PLACES and names[0] != "tags"
        return text.replace(" ", "").lower() if is_place else text

    return each_text(body, fold)
