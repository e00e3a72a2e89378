"""A built-in role or policy is one thing with two ids: at the tenant, and seen from any scope below it.

Source: Azure RBAC, role definitions list: a built-in role's id is answered with the scope it was asked at.
"""

import re

from azkeep.audit.reconcile.walk import each_text
from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType

SEEN_FROM_BELOW = re.compile(
    r"^/subscriptions/[0-9a-f-]{36}(?=/providers/microsoft\.authorization/(roledefinitions|policydefinitions)/)",
    re.IGNORECASE,
)


def fold_built_ins(body: Body, type_: ResourceType | None) -> Body:
    """`body` with ids of definitions as the tenant has them. A GUID names one definition in a whole tenant."""
    return each_text(body, lambda _, text: SEEN_FROM_BELOW.sub("", text))
