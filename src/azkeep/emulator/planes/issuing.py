"""Values of an action's answer that only the cloud has: keys of other resources, signatures for their containers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.effects import random_secret
from azkeep.emulator.planes import delegation, signatures
from azkeep.emulator.planes.blob_messages import Account, account_at
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types.planes import AccountSignature, ContainerAccess, NewSecretOf, SecondsFromNow, SecretOf
from azkeep.types.write import Caller

_SHOWN = "%Y-%m-%dT%H:%M:%SZ"
EARLIER = timedelta(minutes=10)
"""A signature holds from a little before it was asked for, for the sake of clocks that go behind."""


def resolved(cloud: Cloud, base: str, answer: Any) -> Any:
    """`answer` with what stands for such values replaced; `base` is the server's address. Raises ArmFault."""
    if isinstance(answer, SecretOf):
        return cloud.secrets.of(ArmId.parse(answer.id).key).get(answer.name)
    if isinstance(answer, NewSecretOf):
        made = random_secret(answer.random_bytes)
        cloud.secrets.put(ArmId.parse(answer.id).key, {answer.name: made})
        return made
    if isinstance(answer, SecondsFromNow):
        return int(cloud.store.seconds()) + answer.seconds
    if isinstance(answer, AccountSignature):
        return signatures.requested_token(answer.key, answer.account, answer.resource, dict(answer.members))
    if isinstance(answer, ContainerAccess):
        return _access(cloud, base, answer)
    if isinstance(answer, Mapping):
        return {name: resolved(cloud, base, value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [resolved(cloud, base, value) for value in answer]
    return answer


def _access(cloud: Cloud, base: str, wanted: ContainerAccess) -> str:
    account = account_at(cloud, wanted.account)
    if account is None:
        raise ArmFault(404, "ResourceNotFound", f"The storage account '{wanted.account}' has no blob endpoint.")
    now = datetime.fromtimestamp(time.time(), UTC)
    span = {
        "permissions": wanted.permissions,
        "start": (now - EARLIER).strftime(_SHOWN),
        "expiry": (now + timedelta(hours=wanted.hours)).strftime(_SHOWN),
        "kind": "c",
    }
    resource = f"/blob/{account.name}/{wanted.container}"
    token = _delegated(cloud, account, wanted, resource, span) if wanted.signer else None
    if token is None:
        key = wanted.key or str(cloud.secrets.of(account.row.key)[account.plane.keys[0]])
        token = signatures.service_token(key, resource, **span)
    return f"{base}/{account.name}/{wanted.container}?{token}" if wanted.address else token


def _delegated(cloud: Cloud, account: Account, wanted: ContainerAccess, resource: str, span: Mapping[str, str]) -> str:
    signer = Caller(wanted.signer, wanted.signer, "ServicePrincipal", cloud.identity.tenant)
    start, expiry = (datetime.fromisoformat(span[name]) for name in ("start", "expiry"))
    members = delegation.members(signer, start, expiry, signatures.OURS)
    key = delegation.key(cloud, account, members)
    return signatures.delegated_token(key, resource, members, **span)
