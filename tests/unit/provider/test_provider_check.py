"""Check over the protocol: faults in the official texts, names, regions."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from engine_side import GROUP, NETWORK, SUBSCRIPTION, Engine, urn
from fake_arm import FakeArm
from pulumi.runtime.proto import provider_pb2 as messages

from azkeep.model.value import Unknown
from azkeep.provider import values
from azkeep.provider.naming import Mode, Naming, named
from azkeep.types import by_token

GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
SUBNET = "azure-native:network:Subnet"


def test_a_random_name_is_the_urn_name_and_eight_hex_digits(engine: Engine) -> None:
    """Top-level types get a random name, and the flag that says so."""
    found = engine.checked(GROUP, {"location": "westeurope"}, name="main")
    assert re.fullmatch(r"main[0-9a-f]{8}", found["resourceGroupName"])
    assert found["__createBeforeDelete"] is True
    assert found["azureApiVersion"] == "2024-03-01"


def test_the_same_seed_gives_the_same_name(engine: Engine) -> None:
    """Names are a function of the engine's seed: a plan holds."""
    names = [engine.checked(GROUP, {"location": "a"}, seed=seed)["resourceGroupName"] for seed in (b"x", b"x", b"y")]
    assert names[0] == names[1] != names[2]


def test_the_old_name_stays(engine: Engine) -> None:
    """A resource that has a name keeps it, and the flag only if it had it."""
    random = {"resourceGroupName": "main01234567", "__createBeforeDelete": True}
    assert engine.checked(GROUP, {"location": "a"}, random)["resourceGroupName"] == "main01234567"
    given = engine.checked(GROUP, {"location": "a"}, {"resourceGroupName": "given"})
    assert "__createBeforeDelete" not in given


@pytest.mark.parametrize(("mode", "expected"), [(0, "proposed"), (1, "proposed")])
def test_the_engines_own_name_is_taken(engine: Engine, mode: int, expected: str) -> None:
    """PROPOSE and ENFORCE both give the proposed name to a type with random names."""
    options = messages.CheckRequest.AutonamingOptions(proposed_name="proposed", mode=mode)
    found = engine.checked(GROUP, {"location": "a"}, autonaming=options)
    assert found["resourceGroupName"] == expected
    assert found["__createBeforeDelete"] is True


def test_naming_can_be_switched_off(engine: Engine) -> None:
    """DISABLE makes the name a required property."""
    options = messages.CheckRequest.AutonamingOptions(mode=2)
    response = engine.check(GROUP, {"location": "a"}, autonaming=options)
    assert [failure.reason for failure in response.failures] == ["missing required property 'resourceGroupName'"]


def test_a_nested_type_copies_the_urn_name(engine: Engine) -> None:
    """Children are named as the program names them."""
    found = engine.checked(SUBNET, {"resourceGroupName": "rg", "virtualNetworkName": "net"}, name="inner")
    assert found["subnetName"] == "inner"
    assert "__createBeforeDelete" not in found


def test_the_region_comes_from_the_old_inputs_first(engine: Engine, arm: FakeArm) -> None:
    """A region once chosen stays, and nobody asks the cloud."""
    found = engine.checked(NETWORK, {"resourceGroupName": "rg"}, {"location": "northeurope"})
    assert found["location"] == "northeurope"
    assert arm.sent == []


def test_the_region_of_the_resource_group_is_asked_for_once(engine: Engine, arm: FakeArm) -> None:
    """Without a configured region the resource group's counts, in any case of its name."""
    arm.store(GROUP_ID, {"location": "swedencentral"})
    for group in ("rg", "RG", "rg"):
        assert engine.checked(NETWORK, {"resourceGroupName": group})["location"] == "swedencentral"
    assert len(arm.of("GET")) == 1


def test_the_region_of_an_unknown_resource_group_is_unknown(engine: Engine) -> None:
    """A group that does not exist yet gives a region that is not known yet."""
    assert engine.checked(NETWORK, {"resourceGroupName": Unknown()})["location"] == Unknown()


def test_a_missing_region_is_explained(engine: Engine) -> None:
    """The message says what to do."""
    assert engine.faults(NETWORK, {"resourceGroupName": "rg"}) == [
        "missing required property 'location'. Either set it explicitly or configure it with"
        " 'pulumi config set azure-native:location <value>'."
    ]


def test_missing_required_inputs_are_all_named(engine: Engine) -> None:
    """Path inputs are required, and those that the class requires."""
    faults = engine.faults(SUBNET, {})
    assert "missing required property 'resourceGroupName'" in faults
    assert "missing required property 'virtualNetworkName'" in faults


def test_a_required_member_of_a_nested_object_is_named_by_its_path(engine: Engine) -> None:
    """`a.b` is the path of a member."""
    news = {
        "resourceGroupName": "rg",
        "location": "a",
        "subnets": [{"name": "s", "networkSecurityGroup": {"securityRules": [{"name": "r"}]}}],
    }
    assert "missing required property 'subnets[0].networkSecurityGroup.securityRules[0].access'" in engine.faults(
        NETWORK, news
    )


def test_a_name_of_the_wrong_length(engine: Engine) -> None:
    """The official texts, with the length found and the bound."""
    long = engine.faults(NETWORK, {"resourceGroupName": "rg", "location": "a", "virtualNetworkName": "n" * 65})
    assert long == ["'virtualNetworkName' is too long (65): at most 64 characters allowed"]
    short = engine.faults(NETWORK, {"resourceGroupName": "rg", "location": "a", "virtualNetworkName": "n"})
    assert short[0] == "'virtualNetworkName' is too short (1): at least 2 characters required"


def test_a_name_with_wrong_signs(engine: Engine) -> None:
    """The expression is shown as the type has it."""
    faults = engine.faults(NETWORK, {"resourceGroupName": "rg", "location": "a", "virtualNetworkName": "-bad-"})
    type_ = by_token(NETWORK)
    assert type_ is not None
    assert faults == [f"'virtualNetworkName' does not match expression '{type_.name.pattern}'"]


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"enableDdosProtection": "yes"}, "'enableDdosProtection' should be of type 'boolean' but got a string"),
        ({"flowTimeoutInMinutes": 1.5}, "'flowTimeoutInMinutes' must be an integer but got 1.500000"),
        ({"flowTimeoutInMinutes": True}, "'flowTimeoutInMinutes' should be of type 'integer' but got a boolean"),
        ({"subnets": "a"}, "'subnets' should be of type 'array' but got a string"),
        ({"location": ["a"]}, "'location' should be of type 'string' but got an array"),
        (
            {"addressSpace": {"addressPrefixes": [1]}},
            "'addressSpace.addressPrefixes[0]' should be of type 'string' but got a number",
        ),
    ],
)
def test_values_of_the_wrong_type(engine: Engine, wrong: dict[str, object], fault: str) -> None:
    """Each fault names the path, the type and what was given."""
    news = {"resourceGroupName": "rg", "virtualNetworkName": "net", "location": "a", **wrong}
    assert engine.faults(NETWORK, news) == [fault]


def test_open_enums_take_anything(engine: Engine) -> None:
    """A value that the SDK does not know yet is left to the service."""
    news = {"resourceGroupName": "rg", "location": "a", "privateEndpointVNetPolicies": "SomethingNew"}
    assert engine.faults(NETWORK, news) == []


def test_unknown_values_are_no_fault(engine: Engine) -> None:
    """What is not known yet cannot be wrong."""
    news = {"resourceGroupName": Unknown(), "location": Unknown(), "subnets": Unknown(), "addressSpace": Unknown()}
    assert engine.faults(NETWORK, news) == []


def test_an_unknown_type_is_refused_by_name(engine: Engine) -> None:
    """The local cloud says that it does not have the type, and where it can be used."""
    assert engine.faults("azure-native:quantum:Workspace", {"location": "a"}) == [
        "the local cloud has no type azure-native:quantum:Workspace: it can only be previewed and applied on azure"
    ]


def test_an_asset_is_a_fault_of_check(engine: Engine) -> None:
    """No traceback, and the property's path."""
    news = values.write({"tags": {"a": {values.SIGNATURE: values.ASSET, "text": "x"}}})
    response = engine.stub.Check(messages.CheckRequest(urn=urn(GROUP), news=news))
    assert "'tags.a' is an asset or archive" in response.failures[0].reason


def test_faults_name_no_property(engine: Engine) -> None:
    """With a property's name the engine would print its value, which may be a secret."""
    response = engine.check(GROUP, {"location": 5})
    assert [failure.property for failure in response.failures] == [""]


def test_old_versions_of_a_type_are_known(engine: Engine) -> None:
    """A token with an API version is the same type."""
    assert engine.faults("azure-native:resources/v20230701:ResourceGroup", {"location": "a"}) == []


def test_uuid_names_follow_the_seed_in_every_mode_but_enforce() -> None:
    """Types named by a UUID get one even where the engine proposes another name."""
    type_ = by_token(GROUP)
    assert type_ is not None
    uuid_named = replace(type_, autoname="uuid")
    for mode in (Mode.PROVIDER, Mode.PROPOSE):
        found = named(uuid_named, Naming("main", b"seed", mode, "proposed"), {})
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["resourceGroupName"])
    enforced = named(uuid_named, Naming("main", b"seed", Mode.ENFORCE, "proposed"), {})
    assert enforced["resourceGroupName"] == "proposed"


def test_a_type_that_must_be_named_gets_no_name() -> None:
    """`never` leaves the name to the program."""
    type_ = by_token(GROUP)
    assert type_ is not None
    assert named(replace(type_, autoname="never"), Naming("main", b"seed"), {}) == {}
