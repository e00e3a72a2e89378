"""Principals that come and go while the local cloud is served."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, deployer, error

from azkeep.emulator import control
from azkeep.emulator.store_principals import Principal
from azkeep.errors import UsageError
from azkeep.testing import emulator


def acting(ready: Mapping[str, Any], principal: Principal) -> Arm:
    """Raw requests as a principal that came after the ready document."""
    known = {"name": principal.name, "client_id": principal.client_id, "client_secret": principal.client_secret}
    return deployer({**ready, "principals": [known]}, name=principal.name)


def test_principal_comes_and_goes(tmp_path: Path) -> None:
    """A Reader reads and may not write; removed, it gets no token, and its old token no right."""
    with emulator(tmp_path) as ready:
        reader = control.add_principal(tmp_path, "reader", "Reader")
        assert (reader.kind, reader.role) == ("ServicePrincipal", "Reader")
        with acting(ready, reader) as arm:
            groups = f"{arm.subscription}/resourceGroups"
            assert arm.send("GET", groups, version=GROUPS_VERSION).status_code == 200
            refused = arm.send("PUT", f"{groups}/mine", {"location": "westeurope"}, version=GROUPS_VERSION)
            assert error(refused)[:2] == (403, "AuthorizationFailed")
            assert control.remove_principal(tmp_path, "reader") == reader
            assert arm.send("GET", groups, version=GROUPS_VERSION).status_code == 403
        with pytest.raises(ClientAuthenticationError, match="AADSTS700016"):
            acting(ready, reader)
    assert [each.name for each in control.principals(tmp_path)] == ["azkeep-deployer"]


def test_taken_name_is_refused(tmp_path: Path) -> None:
    """A second principal of a name, in any case, is told, and the first stays as it is."""
    first = control.add_principal(tmp_path, "ann@example.com", "Reader")
    assert first.kind == "User"
    with pytest.raises(UsageError, match=r"there is a principal 'Ann@example\.com' already"):
        control.add_principal(tmp_path, "Ann@example.com", "Owner")
    assert control.principals(tmp_path)[0] == first


@pytest.mark.parametrize("name", ["", "  ", "a\x1b[2J", "n" * 121])
def test_unusable_name_is_refused(tmp_path: Path, name: str) -> None:
    """Empty, unprintable and endless names make nobody."""
    with pytest.raises(UsageError, match="printable"):
        control.add_principal(tmp_path, name, "Reader")
    assert [each.name for each in control.principals(tmp_path)] == ["azkeep-deployer"]


def test_some_principals_stay(tmp_path: Path) -> None:
    """azkeep's own principal, the identity of a resource and nobody cannot be removed."""
    control.policy_hand(tmp_path, "diagnostics")
    for name, why in (("azkeep-deployer", "azkeep itself"), ("diagnostics", "identity of a resource"), ("x", "no pri")):
        with pytest.raises(UsageError, match=why):
            control.remove_principal(tmp_path, name)
    assert [each.name for each in control.principals(tmp_path)] == ["azkeep-deployer", "diagnostics"]
