"""The name of a machine size comes back in capitals: `Standard_DS3_v2` and `STANDARD_DS3_V2`.

Source: REST API examples of computes, whose answers have the size in upper case; sizes are compared without case.
"""

import re

from azkeep.audit.reconcile.walk import each_text
from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType

MEMBERS = ("vmsize", "instancetype", "size")
LIKE = re.compile(r"^(standard|basic)_[a-z]+\d\w*$", re.IGNORECASE)


def fold_sizes(body: Body, type_: ResourceType | None) -> Body:
    """`body` with machine sizes in lower case."""

    def fold(path: tuple[str, ...], text: str) -> str:
        return text.lower() if path[-1].lower() in MEMBERS and LIKE.match(text) else text

    return each_text(body, fold)
