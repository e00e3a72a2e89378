"""Principals of a local cloud as its owner makes and removes them. Source: Microsoft Entra, service principals."""

from __future__ import annotations

import os
import secrets as randomness
import uuid
from pathlib import Path

from cryptography import x509

from azkeep.emulator import cloud as clouds
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.store_principals import Principal
from azkeep.errors import Source, UsageError

LONGEST_NAME = 120
FEDERATED = "federated"


def add(cloud: Cloud, name: str, role: str, kind: str, certificate: Path | None) -> Principal:
    """A new principal with `role` on every subscription, which may also prove itself by `certificate`.

    Raises UsageError where the name is taken or unusable, for an unknown role and for a file without certificate.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"a name is 1 to {LONGEST_NAME} printable characters", subject=name)
    registered = _certificate(certificate) if certificate is not None else None
    with cloud.store.transaction():
        if cloud.directory.by_name(name) is not None:
            raise UsageError(
                f"there is a principal '{name}' already",
                fix="azkeep local principal remove takes it away.",
                subject=name,
            )
        made = clouds.add_principal(
            cloud,
            name,
            role,
            Principal(
                name=name,
                client_id=str(uuid.uuid4()),
                client_secret=randomness.token_urlsafe(30),
                object_id=str(uuid.uuid4()),
                role=clouds.role_named(role).name,
                kind=kind,
            ),
        )
        if registered is not None:
            cloud.directory.add_certificate(made, registered)
    return made


def remove(cloud: Cloud, name: str) -> Principal:
    """The principal that was called `name`, now gone with the role it came with; assignments that others wrote for it
    stay, as in Azure. Raises UsageError for nobody, for the deployer and for the identity of a resource."""
    with cloud.store.transaction():
        found = named(cloud, name)
        if found.name == clouds.DEPLOYER:
            raise UsageError(f"'{name}' is azkeep itself in the local cloud, and stays", subject=name)
        if found.resource:
            raise UsageError(
                f"'{name}' is the identity of a resource, and goes with it",
                fix="Delete the resource.",
                subject=found.resource,
            )
        clouds.unassign(cloud, found)
        cloud.directory.remove(found)
    _assertion_file(cloud, found).unlink(missing_ok=True)
    return found


def named(cloud: Cloud, name: str) -> Principal:
    """The principal called `name`. Raises UsageError for nobody."""
    found = cloud.directory.by_name(name)
    if found is None:
        raise UsageError(
            f"the local cloud has no principal '{name}'",
            fix="azkeep local principal list shows those it has; azkeep local principal add makes one.",
            subject=name,
        )
    return found


def federated_token_file(cloud: Cloud, principal: Principal) -> Path:
    """A file of mode 0600 with a fresh assertion, by which a workload on this machine proves to be `principal`."""
    file = _assertion_file(cloud, principal)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        out.write(cloud.identity.federated(principal))
    draft.replace(file)
    return file.resolve()


def _assertion_file(cloud: Cloud, principal: Principal) -> Path:
    return cloud.store.folder / FEDERATED / f"{principal.object_id}.jwt"


def _certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        summary = f"the certificate cannot be read: {error.strerror}"
        raise UsageError(summary, subject=str(file), source=Source(str(file))) from error
    except ValueError as error:
        summary = "this file holds no certificate in PEM form"
        raise UsageError(summary, subject=str(file), source=Source(str(file))) from error
