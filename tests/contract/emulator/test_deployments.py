"""Template deployments: what a template declares is made by the caller's own requests, or the failure is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contract.emulator.arm import Arm, error

VERSION = "2024-03-01"
CANARY = "canary-6d1f"
NETWORKS = "Microsoft.Network/virtualNetworks"
NETWORK = {
    "type": NETWORKS,
    "apiVersion": "2024-05-01",
    "name": "[parameters('name')]",
    "location": "[resourceGroup().location]",
    "tags": {"kind": "[variables('kind')]"},
    "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
}
SUBNET = {
    "type": f"{NETWORKS}/subnets",
    "apiVersion": "2024-05-01",
    "name": "[concat(parameters('name'), '/inner')]",
    "properties": {"addressPrefix": "10.0.0.0/24"},
    "dependsOn": ["[resourceId('Microsoft.Network/virtualNetworks', parameters('name'))]"],
}
TEMPLATE = {
    "parameters": {"name": {"type": "string"}, "word": {"type": "secureString", "defaultValue": CANARY}},
    "variables": {"kind": "[toLower('LAB')]"},
    "resources": [SUBNET, NETWORK],
    "outputs": {
        "prefix": {
            "type": "string",
            "value": "[reference(resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('name'), 'inner')).addressPrefix]",  # noqa: E501
        },
        "word": {"type": "secureString", "value": "[parameters('word')]"},
    },
}


def path(group: str, name: str) -> str:
    return f"{group}/providers/Microsoft.Resources/deployments/{name}"


def properties(template: Mapping[str, Any], mode: str = "Incremental", **given: Any) -> dict[str, Any]:
    return {
        "properties": {"mode": mode, "template": template, "parameters": {n: {"value": v} for n, v in given.items()}}
    }


def deploy(arm: Arm, group: str, called: str, template: Mapping[str, Any], **given: Any) -> Any:
    return arm.send("PUT", path(group, called), properties(template, **given), version=VERSION)


def told(arm: Arm, answer: Any) -> list[tuple[str, str]]:
    """(code, message) of each resource on which a deployment failed."""
    assert (answer.status_code, answer.json()["properties"]["provisioningState"]) == (201, "Accepted")
    status = arm.send("GET", answer.headers["Azure-AsyncOperation"]).json()
    assert (status["status"], status["error"]["code"]) == ("Failed", "DeploymentFailed")
    return [(each["code"], each["message"]) for each in status["error"]["details"]]


def test_resources_are_made_in_order(arm: Arm) -> None:
    """Dependencies come first wherever they stand; outputs read what was made; the deployment is kept and told."""
    group = arm.group("deployed")
    answer = deploy(arm, group, "first", TEMPLATE, name="hub")
    assert answer.status_code == 201, answer.text
    found = answer.json()["properties"]
    assert (found["provisioningState"], found["mode"]) == ("Succeeded", "Incremental")
    assert found["outputs"] == {"prefix": {"type": "String", "value": "10.0.0.0/24"}, "word": {"type": "SecureString"}}
    network = f"{group}/providers/{NETWORKS}/hub"
    assert [each["id"] for each in found["outputResources"]] == [network, f"{network}/subnets/inner"]
    made = arm.send("GET", network).json()
    assert (made["tags"], made["location"]) == ({"kind": "lab"}, "westeurope")
    assert arm.send("GET", path(group, "first"), version=VERSION).json() == answer.json()
    assert deploy(arm, group, "first", TEMPLATE, name="hub").status_code == 200


def test_operations_are_told_on_both_paths(arm: Arm) -> None:
    """Each resource that was written, with and without the provider in the path."""
    group = arm.group("operations")
    deploy(arm, group, "first", TEMPLATE, name="hub")
    old = f"{group}/deployments/first/operations".replace("resourceGroups", "resourcegroups")
    answers = [arm.send("GET", where, version=VERSION) for where in (f"{path(group, 'first')}/operations", old)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    names = [each["properties"]["targetResource"]["resourceName"] for each in answers[0].json()["value"]]
    assert sorted(names) == ["hub", "hub/inner"]


def test_deployment_keeps_nothing_from_being_deleted(arm: Arm) -> None:
    """It tells of resources and does not refer to them: they can go, and their group with it."""
    group = arm.group("going")
    deploy(arm, group, "first", TEMPLATE, name="hub")
    assert arm.send("DELETE", f"{group}/providers/{NETWORKS}/hub").status_code in (200, 202)
    assert deploy(arm, group, "second", TEMPLATE, name="hub").status_code == 201
    assert arm.send("DELETE", path(group, "first"), version=VERSION).status_code == 200
    assert arm.send("DELETE", group, version="2024-03-01").status_code in (200, 202)
    assert error(arm.send("GET", path(group, "second"), version=VERSION))[:2] == (404, "ResourceGroupNotFound")


def test_secret_parameters_are_kept_nowhere(arm: Arm) -> None:
    """Neither answers nor files of the store have the value."""
    group = arm.group("secrets")
    answer = deploy(arm, group, "first", TEMPLATE, name="hub")
    assert answer.json()["properties"]["parameters"]["word"] == {"type": "SecureString"}
    assert CANARY not in answer.text
    store = Path(arm.ready["ca"]).parent
    assert CANARY.encode() not in b"".join(file.read_bytes() for file in store.iterdir() if file.is_file())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"resources": [{**NETWORK, "name": "[nothing()]"}]}, "The template function 'nothing' is not valid."),
        ({"resources": [{**NETWORK, "dependsOn": ["elsewhere"]}]}, "The resource 'elsewhere' is not defined"),
        ({"parameters": {**TEMPLATE["parameters"], "more": {"type": "int"}}}, "parameter 'more' is not provided"),  # type: ignore[dict-item]
        ({"resources": "none"}, "'resources' property is missing"),
    ],
)
def test_wrong_template_changes_nothing(arm: Arm, change: dict[str, Any], words: str) -> None:
    """It is refused whole, in ARM's words, also by validate."""
    group = arm.group("wrong")
    body = properties({**TEMPLATE, **change}, name="hub")
    for method, where in (("PUT", path(group, "w")), ("POST", f"{path(group, 'w')}/validate")):
        status, code, message = error(arm.send(method, where, body, version=VERSION))
        assert (status, code) == (400, "InvalidTemplate")
        assert message.startswith("Deployment template validation failed: '")
        assert words in message
    listed = arm.send("GET", f"{arm.subscription}/resourceGroups/wrong/resources", version="2021-04-01").json()
    assert listed["value"] == []


def test_failure_is_told_and_the_rest_is_made(arm: Arm) -> None:
    """What depends on a resource that is refused is not made; what does not is; the refusal is the resource's own."""
    group = arm.group("failing")
    bad = {**NETWORK, "name": "bad", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/40"]}}}
    below = {**SUBNET, "name": "bad/inner", "dependsOn": ["bad"]}
    answer = deploy(arm, group, "first", {**TEMPLATE, "resources": [bad, below, NETWORK], "outputs": {}}, name="good")
    (failure,) = told(arm, answer)
    assert "10.0.0.0/40" in failure[1]
    names = [each["name"] for each in arm.send("GET", f"{group}/providers/{NETWORKS}").json()["value"]]
    assert names == ["good"]
    assert arm.send("GET", path(group, "first"), version=VERSION).json()["properties"]["provisioningState"] == "Failed"


def test_nested_deployment_in_another_group(arm: Arm) -> None:
    """A nested template goes where it says, with values of the outer one or with its own."""
    group, other = arm.group("outer"), arm.group("inner")

    def nested(called: str, scope: str, template: Mapping[str, Any], **given: Any) -> dict[str, Any]:
        return {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": VERSION,
            "name": called,
            "resourceGroup": "inner",
            "properties": {
                "mode": "Incremental",
                "expressionEvaluationOptions": {"scope": scope},
                "template": template,
                "parameters": given,
            },
        }

    plain = {**NETWORK, "location": "westeurope"}
    own = {"parameters": {"name": {"type": "string"}}, "variables": {"kind": "own"}, "resources": [plain]}
    steps = [
        nested("by-outer", "outer", {"resources": [plain]}),
        nested("by-inner", "inner", own, name={"value": "[concat(parameters('name'), '-own')]"}),
    ]
    answer = deploy(arm, group, "first", {**TEMPLATE, "resources": steps, "outputs": {}}, name="spoke")
    assert answer.json()["properties"]["provisioningState"] == "Succeeded", answer.text
    found = {
        each["name"]: each["tags"]["kind"] for each in arm.send("GET", f"{other}/providers/{NETWORKS}").json()["value"]
    }
    assert found == {"spoke": "lab", "spoke-own": "own"}
    assert arm.send("GET", f"{group}/providers/{NETWORKS}").json()["value"] == []


def test_deployment_has_the_rights_of_its_caller(arm: Arm, ready: Mapping[str, Any]) -> None:
    """Whoever may not deploy is refused; whoever may deploy and not make a network fails on the network."""
    from azkeep.emulator import control

    group = arm.group("rights")
    store = Path(ready["ca"]).parent
    for name, role in (("looker", "Reader"), ("vaulter", "Managed Identity Operator")):
        token = control.mint_token(store, control.ensure_principal(store, f"{name}@example.com", role).name)
        with Arm(ready, token) as caller:
            answer = deploy(caller, group, name, TEMPLATE, name="hub")
            if name == "looker":
                assert error(answer)[:2] == (403, "AuthorizationFailed")
                continue
            codes = [code for code, _ in told(caller, answer)]
            assert codes == ["AuthorizationFailed"]
    assert arm.send("GET", f"{group}/providers/{NETWORKS}").json()["value"] == []


def test_what_is_not_evaluated_is_refused(arm: Arm) -> None:
    """Mode Complete, or none; templates by link and loops over resources."""
    group = arm.group("refused")
    linked = {"properties": {"mode": "Incremental", "templateLink": {"uri": "https://example.com/t.json"}}}
    looped = {**TEMPLATE, "resources": [{**NETWORK, "copy": {"name": "many", "count": 2}}]}
    for body, code in (
        (properties(TEMPLATE, mode="Complete", name="hub"), "InvalidDeployment"),
        (properties(TEMPLATE, mode="Whole", name="hub"), "InvalidRequestContent"),
        ({"properties": {"template": TEMPLATE}}, "InvalidRequestContent"),
        (linked, "InvalidRequestContent"),
        (properties(looped, name="hub"), "InvalidTemplate"),
    ):
        assert error(arm.send("PUT", path(group, "x"), body, version=VERSION))[:2] == (400, code), json.dumps(body)
    assert error(arm.send("GET", path(group, "x"), version=VERSION))[:2] == (404, "DeploymentNotFound")


@pytest.mark.parametrize(
    ("template", "class_", "member"),
    [
        ({"resources": [{"apiVersion1": "x"}]}, "TemplateResource", "resources[0].apiVersion1"),
        ({"resources": {"net": {"etag": "x"}}}, "TemplateResource", "resources.net.etag"),
        ({"resources": [{"resources": [{"odd": {}}]}]}, "TemplateResource", "resources[0].resources[0].odd"),
        ({"parameterss": {}, "resources": []}, "Template", "parameterss"),
    ],
)
def test_member_that_a_template_does_not_have(arm: Arm, template: Any, class_: str, member: str) -> None:
    """A template with a member that neither it nor its resources can have is not read: nothing is deployed."""
    group = arm.group("misspelled")
    asked = {"properties": {"mode": "Incremental", "template": template}}
    name = member.rpartition(".")[2]
    text = json.dumps(asked, separators=(",", ":"))
    place = f"Path 'properties.template.{member}', line 1, position {text.index(name) + len(name) + 2}."
    problem = f"Could not find member '{name}' on object of type '{class_}'. {place}"
    words = f"The request content was invalid and could not be deserialized: '{problem}'."
    for method, url in (("PUT", path(group, "x")), ("POST", f"{path(group, 'x')}/validate")):
        assert error(arm.send(method, url, asked, version=VERSION)) == (400, "InvalidRequestContent", words)


def test_template_is_read_as_it_stands_in_its_file(arm: Arm) -> None:
    """The Azure CLI quotes no name around the template, and leaves the comments in it."""
    group = arm.group("relaxed")
    template = json.dumps({**NETWORK, "name": "hub", "tags": {"see": "https://example.com/{x: 1}"}})
    text = (
        '{"properties": {"mode": "Incremental", "parameters": {}, template: { // of the lab\n'
        f'/* "one": network */ "resources": [{template}]}}}}}}'
    )
    answer = arm.session.put(
        f"{arm.ready['arm']}{path(group, 'first')}?api-version={VERSION}",
        data=text.encode(),
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    assert answer.json()["properties"]["provisioningState"] == "Succeeded", answer.text
    made = arm.send("GET", f"{group}/providers/{NETWORKS}/hub").json()
    assert made["tags"] == {"see": "https://example.com/{x: 1}"}
