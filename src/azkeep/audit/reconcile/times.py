"""One moment has several spellings: with and without fractions of a second, `Z` and `+00:00`.

Source: RFC 3339; resource providers built on .NET answer seven digits of a second, others none.
"""

import re
from datetime import UTC, datetime

from azkeep.audit.reconcile.walk import each_text, is_free_text
from azkeep.model.value import Body
from azkeep.types.resource_type import ResourceType

LIKE = re.compile(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$")


def fold_times(body: Body, type_: ResourceType | None) -> Body:
    """`body` with every moment in UTC, without trailing zeros of a second."""

    def fold(path: tuple[str, ...], text: str) -> str:
        found = LIKE.match(text)
        if found is None or is_free_text(path):
            return text
        try:
            moment = datetime.fromisoformat(f"{found[1]}{found[3]}".replace("Z", "+00:00")).astimezone(UTC)
        except ValueError:
            return text
        return f"{moment:%Y-%m-%dT%H:%M:%S}{(found[2] or '').rstrip('0').rstrip('.')}Z"

    return each_text(body, fold)
