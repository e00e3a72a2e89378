"""Of two things that are wrong with a request, the local cloud tells the one that Azure tells first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, deployer, error

from azkeep.emulator import control
from azkeep.testing import emulator

REGISTRATION = "2021-04-01"
LOCKS = "2020-05-01"


@dataclass(frozen=True)
class Place:
    """A cloud with an owner and a reader; the group `open` has a network, `locked` a read-only lock.

    Microsoft.Insights is not registered.
    """

    owner: Arm
    reader: Arm

    def network(self, group: str, name: str = "net") -> str:
        return f"{self.owner.subscription}/resourceGroups/{group}/providers/Microsoft.Network/virtualNetworks/{name}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    store: Path = tmp_path_factory.mktemp("store")
    control.ensure_principal(store, "looker", "Reader")
    with emulator(store) as ready, deployer(ready) as owner, deployer(ready, name="looker") as reader:
        owner.network(owner.group("open"), "net")
        lock = f"{owner.group('locked')}/providers/Microsoft.Authorization/locks/lock"
        assert owner.send("PUT", lock, {"properties": {"level": "ReadOnly"}}, version=LOCKS).ok
        provider = f"{owner.subscription}/providers/Microsoft.Insights"
        assert owner.send("POST", f"{provider}/unregister", version=REGISTRATION).ok
        yield Place(owner, reader)


def body(**changes: Any) -> dict[str, Any]:
    properties = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, **changes.pop("properties", {})}
    return {"location": "westeurope", "properties": properties, **changes}


def code(answer: requests.Response) -> str:
    return error(answer)[1]


def test_token_before_version(place: Place) -> None:
    """Without either, the token is missed."""
    with requests.Session() as session:
        session.trust_env = False
        address = f"{place.owner.ready['arm']}{place.network('open')}"
        answer = session.get(address, verify=place.owner.ready["ca"], timeout=10)
    assert (answer.status_code, code(answer)) == (401, "AuthenticationFailed")


def test_version_before_subscription(place: Place) -> None:
    """An unknown subscription without a version is asked for the version."""
    path = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/g"
    assert code(place.owner.send("PUT", path, body(), version=None)) == "MissingApiVersionParameter"
    assert code(place.reader.send("PUT", path, body())) == "SubscriptionNotFound"


def test_rights_before_locks(place: Place) -> None:
    """A reader is told of its rights, the owner of the lock."""
    assert code(place.reader.send("PUT", place.network("locked"), body())) == "AuthorizationFailed"
    assert code(place.owner.send("PUT", place.network("locked"), body())) == "ScopeLocked"


def test_locks_before_registration_before_group(place: Place) -> None:
    """A locked group takes nothing of an unregistered namespace for the lock's sake, a missing one for its own."""
    groups = f"{place.owner.subscription}/resourceGroups"
    for group, expected in (
        ("locked", "ScopeLocked"),
        ("missing", "MissingSubscriptionRegistration"),
        ("open", "MissingSubscriptionRegistration"),
    ):
        path = f"{groups}/{group}/providers/Microsoft.Insights/teapots/tea"
        assert code(place.owner.send("PUT", path, body())) == expected


def test_group_before_type_before_parent(place: Place) -> None:
    """The missing group first, then what no namespace has, then the version, then the parent."""
    groups = f"{place.owner.subscription}/resourceGroups"
    subnet = f"{place.network('open', 'absent')}/subnets/s"
    for path, version, expected in (
        (f"{groups}/missing/providers/Microsoft.Network/teapots/tea", "2024-05-01", "ResourceGroupNotFound"),
        (f"{groups}/open/providers/Microsoft.Network/teapots/tea", "2099-01-01", "InvalidResourceType"),
        (subnet, "2099-01-01", "NoRegisteredProviderFound"),
        (subnet, "2024-05-01", "ParentResourceNotFound"),
    ):
        assert code(place.owner.send("PUT", path, body(), version=version)) == expected


def test_name_before_location_before_body(place: Place) -> None:
    """A bad name in an unknown place is told of its name; a body that nobody can read comes after the place."""
    wrong = {"enableDdosProtection": "perhaps"}
    for name, location, expected in (
        ("-", "atlantis", "InvalidResourceName"),
        ("fine", "atlantis", "LocationNotAvailableForResourceType"),
        ("fine", None, "LocationRequired"),
        ("net", "eastus", "InvalidResourceLocation"),
        ("fine", "westeurope", "InvalidRequestFormat"),
        ("fine", 5, "InvalidRequestContent"),
    ):
        asked = body(location=location, properties=wrong)
        assert code(place.owner.send("PUT", place.network("open", name), asked)) == expected


def test_body_before_references_before_etag(place: Place) -> None:
    """What the service cannot read, then what does not exist, then what was changed meanwhile."""
    stale, absent = {"If-Match": '"old"'}, f"{place.network('open', 'absent')}/subnets/s"
    group = f"{place.owner.subscription}/resourceGroups/open"
    endpoint = f"{group}/providers/Microsoft.Network/privateEndpoints/link"
    for asked, expected in (
        ({"subnet": "text"}, "InvalidRequestFormat"),
        ({"subnet": {"id": absent}}, "InvalidResourceReference"),
    ):
        answer = place.owner.send("PUT", endpoint, {"location": "westeurope", "properties": asked}, headers=stale)
        assert code(answer) == expected
    assert code(place.owner.send("PUT", place.network("open"), body(), headers=stale)) == "PreconditionFailed"


def test_rights_before_absence(place: Place) -> None:
    """Who may not delete is not told whether there is anything; who may is answered that there is nothing."""
    nothing = place.network("open", "absent")
    assert code(place.reader.send("DELETE", nothing)) == "AuthorizationFailed"
    assert place.owner.send("DELETE", nothing).status_code == 204
    assert code(place.owner.send("DELETE", place.network("locked", "absent"))) == "ScopeLocked"
    missing = f"{place.owner.subscription}/resourceGroups/missing"
    assert code(place.owner.send("DELETE", missing, version=GROUPS_VERSION)) == "ResourceGroupNotFound"
