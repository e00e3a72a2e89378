"""Microsoft.MachineLearningServices/workspaces/connections. Source: Azure Machine Learning REST API 2025-12-01.

Credentials are stored as one secret and come back by POST of listsecrets alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._document import completed, same_text
from azkeep.types._machine_learning import ASSET_NAME, IN_WORKSPACE, user_error
from azkeep.types.resource_type import Action, ResourceType, Timing
from azkeep.types.write import Estate, Write

CREDENTIALS = "/properties/credentials"

NEEDED: Mapping[str, tuple[str, ...]] = {
    "AAD": (),
    "AccessKey": ("accessKeyId", "secretAccessKey"),
    "AccountKey": ("key",),
    "ApiKey": ("key",),
    "CustomKeys": ("keys",),
    "ManagedIdentity": (),
    "None": (),
    "OAuth2": (),
    "PAT": ("pat",),
    "SAS": ("sas",),
    "ServicePrincipal": ("clientId", "clientSecret", "tenantId"),
    "UsernamePassword": ("password",),
}
"""authType → members of its credentials without which it cannot be used."""

WITHOUT = ("AAD", "None")
"""Kinds that have no credentials."""


def _check(write: Write, estate: Estate) -> ArmFault | None:
    kind = get(write.body, "/properties/authType")
    known = next((name for name in NEEDED if same_text(name, kind)), None)
    if known is None:
        return user_error(f"Authentication type '{kind}' is not supported.", code="ValidationError")
    is_kept = get(write.sent, CREDENTIALS) is None and same_text(get(write.before, "/properties/authType"), kind)
    if is_kept:
        return None  # the credentials that are stored stay
    for name in NEEDED[known]:
        if not get(write.body, f"{CREDENTIALS}/{name}"):
            return user_error(f"The credentials.{name} field is required for {known}.", code="ValidationError")
    return None


def _complete(write: Write, estate: Estate) -> Body:
    workspace = write.id.parent.text if write.id.parent else None
    return completed(write, always={"/properties/createdByWorkspaceArmId": workspace})


def _missing(id: ArmId) -> ArmFault:
    """As the service was seen to word it."""
    return ArmFault(404, "UserError", f"Connection {id.name} can't be found in this workspace")


def _list_secrets(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    """Credentials of a kind that the connection has given up stay behind, and are not told."""
    has_credentials = not any(same_text(get(body, "/properties/authType"), kind) for kind in WITHOUT)
    return put(body, CREDENTIALS, secrets[CREDENTIALS]) if has_credentials and CREDENTIALS in secrets else body


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/connections",
    token="azure-native:machinelearningservices:WorkspaceConnection",
    path=f"{IN_WORKSPACE}/connections/{{connectionName}}",
    flattened=False,
    autoname="copy",
    name=ASSET_NAME,
    location="none",
    tags=False,
    required=("/properties/authType", "/properties/category"),
    required_code="ValidationError",
    read_only=("/properties/createdByWorkspaceArmId", "/properties/group"),
    secrets=(CREDENTIALS,),
    # Values of the properties when they are not set, in the REST API's description.
    defaults={"/properties/isSharedToAll": False, "/properties/sharedUserList": [], "/properties/metadata": {}},
    check=_check,
    complete=_complete,
    put=Timing(created=200),
    missing=_missing,
    list_filters={"category": "/properties/category", "target": "/properties/target"},
    actions={"listsecrets": Action(_list_secrets)},
    system_data=True,
    provisioning_state=None,
    tracked=False,
    unordered=("/properties/sharedUserList",),
)
