"""The change feed told again: from the records alone follows what a resource is like now."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azkeep.emulator.cloud import DEPLOYER, SUBSCRIPTION, Cloud, open_cloud
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.routes import reply_to
from azkeep.emulator.store_changes import Changes
from azkeep.emulator.target import parse
from azkeep.types.resource_graph import change_parts

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/told"
GUARD = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/guard"
NAMES = st.sampled_from(["team", "a.b", "cost~1center", "Env"])
TAGS = st.dictionaries(NAMES, st.sampled_from(["", "x", "y", "True"]), max_size=3)
RULES = st.dictionaries(st.sampled_from(["in", "out", "other.one"]), st.sampled_from(["Allow", "Deny"]), max_size=3)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = open_cloud(tmp_path_factory.mktemp("store"))
    _send(opened, "PUT", GROUP, {"location": "westeurope"}, version="2024-03-01")
    yield opened
    opened.store.close()


def _send(cloud: Cloud, method: str, path: str, body: Any = None, *, version: str = "2024-05-01") -> Reply:
    principal = cloud.directory.by_name(DEPLOYER)
    assert principal is not None
    token = cloud.identity.token(principal, "https://management.azure.com", "https://127.0.0.1")
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    content = b"" if body is None else json.dumps(body).encode()
    query = {"api-version": version}
    return reply_to(cloud, Request(method, parse(path), query, headers, content, "https://h", path, "r", "c"))


def _body(tags: dict[str, str], rules: dict[str, str]) -> dict[str, Any]:
    listed = [
        {
            "name": name,
            "properties": {
                "priority": 100 + index, "direction": "Inbound", "access": access, "protocol": "*",
                "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*",
                "destinationPortRange": "*",
            },
        }
        for index, (name, access) in enumerate(rules.items())
    ]  # fmt: skip
    return {"location": "westeurope", "tags": tags, "properties": {"securityRules": listed}}


def _told(records: list[dict[str, Any]]) -> dict[tuple[str, ...], str]:
    """Path → text of every value that the records leave standing."""
    found: dict[tuple[str, ...], str] = {}
    for record in records:
        for path, change in record["changes"].items():
            parts = change_parts(path)
            assert found.get(parts, change["previousValue"]) == change["previousValue"]
            found[parts] = change["newValue"]
    return {parts: value for parts, value in found.items() if value is not None}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TAGS, RULES), min_size=1, max_size=4))
def test_records_tell_the_whole_story(cloud: Cloud, steps: list[tuple[dict[str, str], dict[str, str]]]) -> None:
    """Each record begins with the values at which the one before left, and the last ones are those of the document."""
    _send(cloud, "DELETE", GUARD)
    _send(cloud, "PUT", GUARD, _body({}, {}))
    before = len(Changes(cloud.store).visible(SUBSCRIPTION, delay=0))
    for tags, rules in steps:
        reply = _send(cloud, "PUT", GUARD, _body(tags, rules))
        assert reply.status == 200
    found = [dict(change.document) for change in Changes(cloud.store).visible(SUBSCRIPTION, delay=0)[before:]]
    assert {record["changeType"] for record in found} <= {"Update"}
    told = _told(found)
    tags, rules = steps[-1]
    assert {parts[1]: value for parts, value in told.items() if parts[0] == "tags" and len(parts) == 2} == tags
    access = {parts[2]: value for parts, value in told.items() if parts[1] == "securityRules" and parts[-1] == "access"}
    assert access == rules
