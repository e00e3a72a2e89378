"""What a serving local cloud says about itself, on stdout and in `serve.json`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from azkeep.emulator.certificates import Certificates
from azkeep.emulator.cloud import DEPLOYER, SUBSCRIPTION, TENANT, Cloud
from azkeep.emulator.managed_identity import Place
from azkeep.emulator.metadata import CLOUD
from azkeep.emulator.store_principals import Principal

SERVING = "serve.json"


def ready_document(cloud: Cloud, files: Certificates, port: int, managed_identity: Place, proxy: str) -> dict[str, Any]:
    """What a server on loopback `port` says: `{arm, identity, managed_identity, proxy, cloud, ca, tenant,
    subscription, principals, env}`, client secrets and identity header in clear. `proxy` leads to hosts of its blob
    services, `cloud` is its name in the metadata."""
    base = f"https://127.0.0.1:{port}"
    principals = cloud.directory.all()
    deployer = next(each for each in principals if each.name == DEPLOYER)
    ca = str(files.ca.resolve())
    return {
        "arm": base,
        "identity": base,
        "managed_identity": managed_identity.document(),
        "proxy": proxy,
        "cloud": CLOUD,
        "ca": ca,
        "tenant": TENANT,
        "subscription": SUBSCRIPTION,
        "principals": [
            {
                "name": each.name,
                "client_id": each.client_id,
                "client_secret": each.client_secret,
                "object_id": each.object_id,
                "role": each.role,
            }
            for each in principals
            if each.kind == "ServicePrincipal"
        ],
        "env": _environment(base, port, ca, deployer),
    }


def _environment(base: str, port: int, ca: str, deployer: Principal) -> dict[str, str]:
    """What clients of several makes read from their environment to find this cloud as the deployer."""
    return {
        "AZURE_AUTHORITY_HOST": base,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": deployer.client_id,
        "AZURE_CLIENT_SECRET": deployer.client_secret,
        "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
        "AZURE_TOKEN_CREDENTIALS": "prod",
        "ARM_CLOUD_METADATA_URL": f"{base}/metadata/endpoints?api-version=2019-05-01",
        "ARM_METADATA_HOSTNAME": f"127.0.0.1:{port}",
        "ARM_METADATA_HOST": f"127.0.0.1:{port}",
        "ARM_DISABLE_INSTANCE_DISCOVERY": "true",
        "ARM_TENANT_ID": TENANT,
        "ARM_CLIENT_ID": deployer.client_id,
        "ARM_CLIENT_SECRET": deployer.client_secret,
        "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
        "REQUESTS_CA_BUNDLE": ca,
        "SSL_CERT_FILE": ca,
        "NO_PROXY": "127.0.0.1,localhost",
    }


def serving(folder: Path) -> dict[str, Any] | None:
    """The ready document of a live process that serves `folder`, with its `pid`; None if there is none."""
    try:
        found = json.loads((folder / SERVING).read_text(encoding="utf-8"))
        os.kill(int(found["pid"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(found)


def write_ready(folder: Path, ready: dict[str, Any], *, lasting: bool) -> None:
    """Publish `ready` in the store folder, unless another live process already did.

    `lasting`: the server stays until somebody ends it, so that others may rely on it; one that goes with the command
    that started it gives way to it.
    """
    other = serving(folder)
    if other is not None and other["pid"] != os.getpid() and (other.get("lasting") or not lasting):
        return
    draft = folder / f".{SERVING}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump({**ready, "pid": os.getpid(), "lasting": lasting}, file)
    draft.replace(folder / SERVING)


def withdraw(folder: Path) -> None:
    """Take back what this process published."""
    found = serving(folder)
    if found is not None and found["pid"] == os.getpid():
        (folder / SERVING).unlink(missing_ok=True)
