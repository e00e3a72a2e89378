"""Traffic in two passes: an endpoint can only send requests to deployments that are there already."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pulumi

from azkeep.errors import SettingsError


def traffic(endpoint: str, wanted: Mapping[str, int]) -> dict[str, int]:
    """What to declare as `endpoint`'s traffic in this pass.

    `azkeep:traffic` is `set` (or absent): what is wanted; `hold`: nothing yet, the first pass of a new endpoint; or a
    JSON object of endpoint names to the shares that stay as they are meanwhile. Raises SettingsError on anything else.
    """
    phase = pulumi.Config("azkeep").get("traffic") or "set"
    if phase == "set":
        return {name: share for name, share in wanted.items() if share}
    if phase == "hold":
        return {}
    try:
        return {str(name): int(share) for name, share in json.loads(phase).get(endpoint, {}).items()}
    except (ValueError, AttributeError) as error:
        raise SettingsError(
            f"azkeep:traffic is {phase!r}", detail="It is `hold`, `set`, or a JSON object of endpoint names to shares."
        ) from error
