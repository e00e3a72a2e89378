"""What Azure Policy's resources share. Pure. Source: Policy REST APIs 2025-01-01."""

from __future__ import annotations

from typing import Any

from azkeep.model.value import get, put
from azkeep.types.resource_type import NameRule
from azkeep.types.write import Write

DEFINITIONS = "Microsoft.Authorization/policyDefinitions"
SETS = "Microsoft.Authorization/policySetDefinitions"
ASSIGNMENTS = "Microsoft.Authorization/policyAssignments"
VERSION = "1.0.0"

# Patterns of the names in the REST API: none of these characters, and no blank or dot at the end.
POLICY_NAME = NameRule(pattern=r"^[^<>*%&:\\?+/]*[^<>*%&:\\?+/. ]$", maximum=128, code="InvalidPolicyParameters")

_METADATA = "/properties/metadata"


def audited(write: Write) -> dict[str, Any]:
    """The document with who made and changed it, which these services keep in `metadata`."""
    given = {**(get(write.body, _METADATA) or {})}
    before = get(write.before, _METADATA) or {}
    given["createdBy"] = before.get("createdBy", write.caller.object_id)
    given["createdOn"] = before.get("createdOn", write.now)
    given["updatedBy"] = None if write.is_create else write.caller.object_id
    given["updatedOn"] = None if write.is_create else write.now
    return dict(put(write.body, _METADATA, given))
