"""What GET shows: one resource, or a page of a list."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.documents import without
from azkeep.emulator.messages import Request
from azkeep.emulator.store import Row
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import put
from azkeep.types import by_arm_type

PAGE = 500
LARGEST_TOP = 2**31 - 1
WHOLE = re.compile("[0-9]{1,18}")


def shown(cloud: Cloud, row: Row, states: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """The document as a client gets it: listed children put in, secrets out, the state of a running operation.

    `states` as Operations.running_states gives them, for who shows many; None to look this one up.
    """
    type_ = by_arm_type(row.type)
    body: Mapping[str, Any] = row.body
    if type_ is None:
        return body
    for pointer, child_type in type_.inline.items():
        if by_arm_type(child_type) is not None:
            children = cloud.store.children(row.key, child_type.lower())
            body = put(body, pointer, [shown(cloud, child, states) for child in children])
    if type_.presents:
        body = type_.present(ArmId.parse(row.id), body, cloud.estate)
    if type_.secrets:
        body = without(dict(body), type_.secrets)
    if type_.provisioning_state is None:
        return body
    state = cloud.operations.running_state(row.key) if states is None else states.get(row.key)
    return body if state is None else put(body, type_.provisioning_state, state)


def page_size(request: Request, parameter: str = "") -> int:
    """How many items a page has: `$top`, or another parameter, at most a full page.

    Raises ArmFault for no positive number.
    """
    name = parameter if parameter in request.query else "$top"
    top = request.query.get(name)
    if top is None:
        return PAGE
    if not WHOLE.fullmatch(top) or not 1 <= int(top) <= LARGEST_TOP:
        raise ArmFault(400, "InvalidTopParameter", f"The value '{top}' of the query parameter '{name}' is invalid.")
    return min(int(top), PAGE)


def page_start(request: Request) -> int:
    """Position after which a page begins, from `$skiptoken`; 0 without one. Raises ArmFault for a foreign token."""
    token = request.query.get("$skiptoken")
    if not token:
        return 0
    try:
        position = base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except ValueError:
        position = ""
    if not WHOLE.fullmatch(position):
        raise ArmFault(400, "InvalidSkipToken", f"The skip token '{token}' is invalid.")
    return int(position)


def page(request: Request, items: list[Any], last: int | None) -> dict[str, Any]:
    """`{"value", "nextLink"?}`; `last` is the position of the last item where more follow."""
    answer: dict[str, Any] = {"value": items}
    if last is not None:
        token = base64.urlsafe_b64encode(str(last).encode()).decode()
        query = {name: value for name, value in request.query.items() if name != "$skiptoken"}
        answer["nextLink"] = f"{request.base}{request.path}?{urlencode({**query, '$skiptoken': token})}"
    return answer
