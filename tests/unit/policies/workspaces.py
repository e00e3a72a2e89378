"""Documents of a workspace and of what stands beside it, and the verdicts by short names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.finding import Verdict

Body = Mapping[str, Any]
PASS, FAIL, OPEN, OUT = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
MODELS = "Microsoft.MachineLearningServices/registries"
ENDPOINT = "Microsoft.Network/privateEndpoints"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
STORAGE = "Microsoft.Storage/storageAccounts"
VAULT = "Microsoft.KeyVault/vaults"
IMAGES = "Microsoft.ContainerRegistry/registries"
SETTING = "Microsoft.Insights/diagnosticSettings"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example/providers"
ELSEWHERE = f"/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/other/providers/{STORAGE}/lake"
APPROVED, INTERNET, OFF = "AllowOnlyApprovedOutbound", "AllowInternetOutbound", "Disabled"


def workspace(mode: Any = None, *, name: str = "home", kind: Any = None, tags: Any = None, identity: Any = None,
              rules: Any = None, status: Any = None, **properties: Any) -> Body:  # fmt: skip
    network = {"isolationMode": mode, "outboundRules": rules, "status": status}
    given = {"managedNetwork": network, **properties}
    return {"type": WORKSPACE, "name": name, "kind": kind, "tags": tags, "identity": identity, "properties": given}


def project(**properties: Any) -> Body:
    return workspace(kind="Project", hubResourceId=f"{GROUP}/{WORKSPACE}/hub", **properties)


def hub(mode: Any, **members: Any) -> Body:
    return workspace(mode, name="hub", kind="Hub", **members)


def resource(type_: str, name: str, **properties: Any) -> Body:
    return {"type": type_, "name": name, "properties": properties}


def compute(kind: Any, subnet: Any = None, name: str = "one") -> Body:
    inner = {"subnet": {"id": subnet}}
    return resource(f"{WORKSPACE}/computes", f"home/{name}", computeType=kind, properties=inner)


def datastore(**properties: Any) -> Body:
    return resource(f"{WORKSPACE}/datastores", "home/lake", **properties)


def connection(**properties: Any) -> Body:
    return resource(f"{WORKSPACE}/connections", "home/link", **properties)


LAKE, OWN = resource(STORAGE, "lake"), resource(STORAGE, "own")


def serverless(subnet: Any, private: Any) -> Body:
    return {"serverlessComputeCustomSubnet": subnet, "serverlessComputeNoPublicIP": private}


CLOSED, OPENED = resource(IMAGES, "images", publicNetworkAccess=OFF), resource(IMAGES, "images")
MINE, OTHER = resource(IDENTITY, "mine"), resource(IDENTITY, "other")


def worn(kind: Any, *names: str, **properties: Any) -> Body:
    return workspace(
        identity={"type": kind, "userAssignedIdentities": {f"@{name}": {} for name in names}}, **properties
    )


def sealed(
    status: Any = "Enabled", vault: Any = f"{GROUP}/{VAULT}/keys", reader: Any = None, key: Any = "a key"
) -> Body:
    held = {"keyVaultArmId": vault, "keyIdentifier": key}
    block = {"status": status, "keyVaultProperties": held, "identity": {"userAssignedIdentity": reader}}
    return worn("UserAssigned", "mine", encryption=block)


def keys(**properties: Any) -> Body:
    return resource(VAULT, "keys", **properties)
