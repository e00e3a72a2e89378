"""A plain https client of the local cloud for tests, which adds nothing of its own to a request but the token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from azure.core.credentials import TokenCredential
from azure.identity import ClientSecretCredential

from azkeep.model.ids import ArmId
from azkeep.types import by_arm_type

GROUPS_VERSION = "2024-03-01"
NETWORK_VERSION = "2024-05-01"


def credential(ready: Mapping[str, Any], *, name: str = "azkeep-deployer") -> ClientSecretCredential:
    """azure-identity's own credential of a principal in the ready document; the caller closes it."""
    principal = next(each for each in ready["principals"] if each["name"] == name)
    return ClientSecretCredential(
        ready["tenant"],
        principal["client_id"],
        principal["client_secret"],
        authority=ready["identity"],
        disable_instance_discovery=True,
        connection_verify=ready["ca"],
    )


def local_cloud(ready: Mapping[str, Any]) -> dict[str, Any]:
    """What an azure-mgmt client is given to reach the local cloud, beside its credential and subscription."""
    return {
        "base_url": ready["arm"],
        "credential_scopes": [f"{ready['arm']}/.default"],
        "connection_verify": ready["ca"],
    }


def client_settings(ready: Mapping[str, Any], own: TokenCredential) -> dict[str, Any]:
    """All that an azure-mgmt client of the local cloud's subscription needs, with the credential `own`."""
    return {"credential": own, "subscription_id": ready["subscription"], **local_cloud(ready)}


@dataclass
class Arm:
    """Raw requests to a local cloud as one principal; the caller closes it. Paths begin with `/`, or are whole URLs."""

    ready: Mapping[str, Any]
    token: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.session.verify = self.ready["ca"]
        self.session.headers["Authorization"] = f"Bearer {self.token}"

    def __enter__(self) -> Arm:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    @property
    def subscription(self) -> str:
        return f"/subscriptions/{self.ready['subscription']}"

    def send(
        self, method: str, path: str, body: Any = None, *, version: str | None = NETWORK_VERSION, **rest: Any
    ) -> requests.Response:
        """One request; `query` and `headers` as given."""
        query = {**({"api-version": version} if version else {}), **rest.pop("query", {})}
        address = path if path.startswith("https://") else self.ready["arm"] + path
        if "api-version=" in address:
            query.pop("api-version", None)
        return self.session.request(method, address, json=body, params=query, timeout=30, **rest)

    def group(self, name: str) -> str:
        """Path of a new resource group."""
        path = f"{self.subscription}/resourceGroups/{name}"
        answer = self.send("PUT", path, {"location": "westeurope"}, version=GROUPS_VERSION)
        assert answer.status_code in (200, 201), answer.text
        return path

    def network(self, group: str, name: str, **more: Any) -> str:
        """Path of a new virtual network 10.0.0.0/16."""
        path = f"{group}/providers/Microsoft.Network/virtualNetworks/{name}"
        properties = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, **more}
        answer = self.send("PUT", path, {"location": "westeurope", "properties": properties})
        assert answer.status_code in (200, 201), answer.text
        return path

    def workspace(self, group: str, name: str) -> str:
        """Path of a new workspace, with its own storage account, vault and Application Insights."""
        vault = {"tenantId": self.ready["tenant"], "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
        parts = {
            f"Microsoft.Storage/storageAccounts/azkeep{name}": {"kind": "StorageV2", "sku": {"name": "Standard_LRS"}},
            f"Microsoft.KeyVault/vaults/azkeep-{name}": {"properties": vault},
            "Microsoft.Insights/components/insights": {"kind": "web", "properties": {"Application_Type": "web"}},
        }
        ids = [self._made(f"{group}/providers/{path}", body) for path, body in parts.items()]
        names = ("storageAccount", "keyVault", "applicationInsights")
        body = {"identity": {"type": "SystemAssigned"}, "properties": dict(zip(names, ids, strict=True))}
        return self._made(f"{group}/providers/Microsoft.MachineLearningServices/workspaces/{name}", body)

    def _made(self, path: str, body: dict[str, Any]) -> str:
        answer = self.send("PUT", path, {"location": "westeurope", **body}, version=version_of(path))
        assert answer.ok, answer.text
        return path


def version_of(path: str) -> str:
    """The version at which azkeep writes the type that `path` names a resource of."""
    type_ = by_arm_type(ArmId.parse(path).type)
    assert type_ is not None, path
    return type_.api_version


def deployer(ready: Mapping[str, Any], *, name: str = "azkeep-deployer") -> Arm:
    """Raw requests with a token that azure-identity fetched."""
    return Arm(ready, token(ready, f"{ready['arm']}/.default", name=name))


def token(ready: Mapping[str, Any], scope: str, *, name: str = "azkeep-deployer") -> str:
    """A principal's access token for `scope`."""
    with credential(ready, name=name) as own:
        return own.get_token(scope).token


def error(answer: requests.Response) -> tuple[int, str, str]:
    """(status, code, message) of a refusal."""
    found = answer.json()["error"]
    return answer.status_code, found["code"], found["message"]
