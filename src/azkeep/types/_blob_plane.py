"""The blob endpoint of a storage account. Pure.

Sources: Storage resource provider REST API 2024-01-01; storage-network-security, "Grant access from an internet IP
range"; anonymous-read-access-prevent.
"""

from __future__ import annotations

import ipaddress

from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._storage import ACCOUNT
from azkeep.types.planes import BlobPlane

KEYS = ("key1", "key2")


def _served(account: Body) -> bool:
    return get(account, "/properties/primaryEndpoints/blob") is not None


def _takes_keys(account: Body) -> bool:
    return get(account, "/properties/allowSharedKeyAccess") is not False


def _anonymous(account: Body) -> bool:
    return get(account, "/properties/allowBlobPublicAccess") is True


def _public(container: Body) -> str:
    return str(get(container, "/properties/publicAccess") or "None")


def _reachable(account: Body, address: str) -> bool:
    """False where public network access is not `Enabled`; under `Deny` an IP rule must hold the address."""
    if not same_text(get(account, "/properties/publicNetworkAccess") or "Enabled", "Enabled"):
        return False
    if not same_text(get(account, "/properties/networkAcls/defaultAction"), "Deny"):
        return True
    rules = get(account, "/properties/networkAcls/ipRules") or ()
    return any(_holds(str(rule.get("value", "")), address) for rule in rules)


def _holds(rule: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return False


def _container(public: str, metadata: Body) -> Body:
    found = {"publicAccess": public, **({"metadata": dict(metadata)} if metadata else {})}
    return {"properties": found}


BLOBS = BlobPlane(
    account_type=ACCOUNT,
    service=("blobServices", "default"),
    containers="containers",
    keys=KEYS,
    served=_served,
    takes_keys=_takes_keys,
    reachable=_reachable,
    anonymous=_anonymous,
    public=_public,
    container=_container,
)
