"""Check over the protocol: lengths, patterns and ranges, in the official texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from engine_side import SUBSCRIPTION, Engine
from fake_arm import FakeArm
from hypothesis import given, settings
from hypothesis import strategies as st
from limited import LIMITS, Place, limited_places

from azkeep.model.value import Unknown
from azkeep.provider import values
from azkeep.provider.server import ProviderIdentity, serve
from azkeep.types import by_token

PLACES = limited_places()
NUMBERS = [place for place in PLACES if place.is_number]
TEXTS = [place for place in PLACES if not place.is_number]
LENGTHS = [place for place in TEXTS if "minLength" in place.node or "maxLength" in place.node]
PATTERNS = [place for place in TEXTS if "pattern" in place.node]


@pytest.fixture(scope="module")
def provider() -> Iterator[Engine]:
    """One provider for all cases: Check keeps nothing."""
    identity = ProviderIdentity("client-1", "object-1", "tenant-1", lambda: "token-1")
    with (
        serve(FakeArm(), identity, subscription=SUBSCRIPTION) as server,
        Engine.connect(grpc.insecure_channel(f"127.0.0.1:{server.port}")) as engine,
    ):
        yield engine


def faults(provider: Engine, token: str, news: dict[str, Any], path: str) -> list[str]:
    """The faults that begin with the property at `path`."""
    return [fault for fault in provider.faults(token, news) if fault.startswith(f"'{path}' ")]


def faults_at(provider: Engine, place: Place, value: Any) -> list[str]:
    return faults(provider, place.token, place.inputs(value), place.path)


def test_limits_are_known_in_many_types() -> None:
    """The cases below are about many properties of many classes."""
    assert len({place.token.split(":")[1] for place in PLACES}) >= 10
    for places, least in ((NUMBERS, 25), (LENGTHS, 80), (PATTERNS, 80)):
        assert len(places) >= least


RANGES = [
    ("network:BastionHost", "scaleUnits", 2, 50),
    ("network:FirewallPolicyRuleCollectionGroup", "priority", 100, 65000),
    ("network:AzureFirewall", "networkRuleCollections[0].priority", 100, 65000),
    ("network:FirewallPolicy", "explicitProxy.httpPort", 0, 64000),
    ("network:NetworkInterface", "ipConfigurations[0].privateIPAddressPrefixLength", 1, 128),
    ("storage:BlobServiceProperties", "deleteRetentionPolicy.days", 1, 365),
    ("storage:BlobServiceProperties", "containerDeleteRetentionPolicy.days", 1, 365),
    ("storage:BlobServiceProperties", "restorePolicy.days", 1, 365),
    ("storage:BlobServiceProperties", "changeFeed.retentionInDays", 1, 146000),
    ("storage:FileServiceProperties", "shareDeleteRetentionPolicy.days", 1, 365),
    (
        "storage:StorageAccount",
        "immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays",
        1,
        146000,
    ),
    (
        "storage:ManagementPolicy",
        "policy.rules[0].definition.actions.baseBlob.delete.daysAfterModificationGreaterThan",
        0,
        None,
    ),
]


@pytest.mark.parametrize(("name", "path", "least", "most"), RANGES, ids=[f"{each[0]}-{each[1]}" for each in RANGES])
def test_a_number_outside_its_range(provider: Engine, name: str, path: str, least: int, most: int | None) -> None:
    """Both bounds belong to the range; beyond them the text has the value and the bound, with six decimals."""
    token = f"azure-native:{name}"

    def found(value: float) -> list[str]:
        return faults(provider, token, at(path, value), path)

    assert found(least) == found(least + 1) == []
    assert found(least - 1) == [f"'{path}' is too low ({least - 1}.000000 < {least}.000000)"]
    if most is not None:
        assert found(most) == found(most - 1) == []
        assert found(most + 1) == [f"'{path}' is too high ({most + 1}.000000 > {most}.000000)"]


ENDPOINT = r"^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}$"
WORKSPACE = r"^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$"
REQUIRED = "[a-zA-Z0-9_]"
SHAPES = [
    ("keyvault:Vault", "vaultName", r"^[a-zA-Z0-9-]{3,24}$", ("v-1", "v" * 24), ("v1", "v" * 25, "v_1")),
    ("keyvault:Secret", "secretName", r"^[a-zA-Z0-9-]{1,127}$", ("s", "s" * 127), ("", "s" * 128, "s.s")),
    ("machinelearningservices:OnlineEndpoint", "endpointName", ENDPOINT, ("e", "e-_1"), ("-e", "e.e", "e" * 256)),
    ("machinelearningservices:OnlineDeployment", "workspaceName", WORKSPACE, ("w_1", "w" * 33), ("w1", "w" * 34)),
    ("machinelearningservices:WorkspaceConnection", "connectionName", WORKSPACE, ("abc",), ("ab", "a b")),
    (
        "machinelearningservices:OnlineDeployment",
        "properties.codeConfiguration.scoringScript",
        REQUIRED,
        ("score.py", "_"),
        ("---", "é"),
    ),
    (
        "machinelearningservices:EnvironmentVersion",
        "properties.build.contextUri",
        REQUIRED,
        ("azureml://x",),
        ("./",),
    ),
    ("resources:ResourceGroup", "resourceGroupName", r"^[-\w\._\(\)]+$", ("r.g_(1)-", "."), ("r g", "r/g", "grün")),
    ("containerregistry:ScopeMap", "scopeMapName", "^[a-zA-Z0-9-_]*$", ("a-b_c",), ("a.b.c",)),
    (
        "managedidentity:FederatedIdentityCredential",
        "federatedIdentityCredentialResourceName",
        "^[a-zA-Z0-9]{1}[a-zA-Z0-9-_]{2,119}$",
        ("abc", "a" * 120),
        ("ab", "-abc", "a" * 121),
    ),
    ("monitor:ScheduledQueryRule", "ruleName", "^[^#<>%&:\\?/{}*]{1,260}$", ("rule 1", "r" * 260), ("r:1", "r" * 261)),
    (
        "authorization:PolicyAssignment",
        "policyAssignmentName",
        r"^[^<>*%&:\?.+/]*[^<>*%&:\?.+/ ]+$",
        ("a b",),
        ("a ", "a.b"),
    ),
]


@pytest.mark.parametrize(
    ("name", "path", "pattern", "good", "bad"), SHAPES, ids=[f"{each[0]}-{each[1]}" for each in SHAPES]
)
def test_a_text_that_does_not_match(
    provider: Engine, name: str, path: str, pattern: str, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    """The expression is shown as the API description has it, the text is not."""
    token = f"azure-native:{name}"
    for value in good:
        assert faults(provider, token, at(path, value), path) == []
    for value in bad:
        assert faults(provider, token, at(path, value), path) == [f"'{path}' does not match expression '{pattern}'"]


SIZES = [
    ("containerregistry:Registry", "registryName", 5, 50),
    ("containerregistry:Token", "registryName", 5, 50),
    ("operationalinsights:Workspace", "workspaceName", 4, 63),
    ("storage:StorageAccount", "accountName", 3, 24),
    ("storage:FileShare", "shareName", 3, 63),
    ("monitor:ActionGroup", "groupShortName", 0, 12),
    ("storage:StorageAccount", "resourceGroupName", 1, 90),
    ("network:AzureFirewall", "azureFirewallName", 1, 56),
    (
        "storage:ManagementPolicy",
        "policy.rules[0].definition.filters.blobIndexMatch[0].name",
        1,
        128,
    ),
    (
        "storage:ManagementPolicy",
        "policy.rules[0].definition.filters.blobIndexMatch[0].value",
        0,
        256,
    ),
]


@pytest.mark.parametrize(("name", "path", "least", "most"), SIZES, ids=[f"{each[0]}-{each[1]}" for each in SIZES])
def test_a_text_of_the_wrong_length(provider: Engine, name: str, path: str, least: int, most: int | None) -> None:
    """Both bounds are allowed; beyond them the text has the length found and the bound."""
    token = f"azure-native:{name}"

    def found(length: int) -> list[str]:
        return faults(provider, token, at(path, "a" * length), path)

    assert found(least) == found(least + 1) == []
    if least:
        problem = f"'{path}' is too short ({least - 1}): at least {least} characters required"
        assert found(least - 1)[0] == problem
    if most is not None:
        assert found(most) == []
        assert found(most + 1) == [f"'{path}' is too long ({most + 1}): at most {most} characters allowed"]


def at(path: str, value: Any) -> dict[str, Any]:
    """Inputs that hold `value` at a path such as `rules[0].priority`, and nothing else."""
    found = value
    for name, index in reversed(re.findall(r"(\w+)(\[0\])?", path)):
        found = {name: [found] if index else found}
    return dict(found)


@pytest.mark.parametrize("place", NUMBERS, ids=str)
def test_every_bound_belongs_to_its_range(provider: Engine, place: Place) -> None:
    """At, below and above every bound that any class has."""
    least, most = place.node.get("minimum"), place.node.get("maximum")
    for bound, beyond, problem in ((least, -1, "is too low"), (most, 1, "is too high")):
        if bound is not None:
            assert faults_at(provider, place, bound) == []
            assert [problem in fault for fault in faults_at(provider, place, bound + beyond)] == [True]


@settings(max_examples=150)
@given(place=st.sampled_from(NUMBERS), value=st.integers(-(2**31), 2**31 - 1))
def test_a_number_is_refused_exactly_outside_its_range(provider: Engine, place: Place, value: int) -> None:
    """Any number of 32 bits."""
    least, most = place.node.get("minimum", value), place.node.get("maximum", value)
    assert bool(faults_at(provider, place, value)) is not (least <= value <= most)


@settings(max_examples=150)
@given(place=st.sampled_from(LENGTHS), text=st.text(max_size=300))
def test_a_text_is_refused_exactly_outside_its_lengths(provider: Engine, place: Place, text: str) -> None:
    """Lengths are those of UTF-8, as Go counts them."""
    if text in values.SENTINELS:
        return
    found = faults_at(provider, place, text)
    length = len(text.encode())
    short = length < place.node.get("minLength", 0)
    long = length > place.node.get("maxLength", length)
    assert any("is too short" in fault for fault in found) is short
    assert any("is too long" in fault for fault in found) is long


@settings(max_examples=150)
@given(place=st.sampled_from(PATTERNS), data=st.data())
def test_a_text_that_matches_passes(provider: Engine, place: Place, data: st.DataObject) -> None:
    """Any text that the expression describes is no fault of the expression."""
    pattern = place.node["pattern"]
    text = data.draw(st.from_regex(re.compile(pattern.removesuffix("$") + r"\Z" * pattern.endswith("$"), re.ASCII)))
    assert not any("does not match" in fault for fault in faults_at(provider, place, text))


@pytest.mark.parametrize("place", [place for place in PATTERNS if place.node["pattern"].endswith("$")], ids=str)
def test_the_end_of_an_expression_is_the_end_of_the_text(provider: Engine, place: Place) -> None:
    """A line break after a good text, and characters of other alphabets, do not slip through, as in Go."""
    for text in ("abcde\n", "abcdé", "abc\u0663"):
        if re.search(place.node["pattern"].removesuffix("$") + r"\Z", text, re.ASCII) is None:
            assert any("does not match" in fault for fault in faults_at(provider, place, text))


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_value_that_is_not_known_is_not_judged(provider: Engine, place: Place) -> None:
    """What will be known only later cannot be wrong."""
    assert faults_at(provider, place, Unknown()) == []


def test_lengths_count_bytes(provider: Engine) -> None:
    """Twelve characters of two bytes each are twenty-four to the official plugin."""
    news = {"groupShortName": "é" * 12}
    assert faults(provider, "azure-native:monitor:ActionGroup", news, "groupShortName") == [
        "'groupShortName' is too long (24): at most 12 characters allowed"
    ]


def test_all_faults_come_at_once(provider: Engine) -> None:
    """Names, numbers, texts and what is missing, of several depths, in one answer."""
    news = {
        "resourceGroupName": "g" * 91,
        "accountName": "Ab",
        "managementPolicyName": "default",
        "policy": {
            "rules": [
                {
                    "name": "r",
                    "type": "Lifecycle",
                    "definition": {
                        "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": -1}}},
                        "filters": {"blobTypes": ["blockBlob"], "blobIndexMatch": [{"name": "", "op": "=="}]},
                    },
                }
            ]
        },
    }
    definition = "policy.rules[0].definition"
    assert sorted(
        provider.faults("azure-native:storage:ManagementPolicy", {**news, "managementPolicyName": "default"})
    ) == [
        "'accountName' does not match expression '^[a-z0-9]+$'",
        "'accountName' is too short (2): at least 3 characters required",
        f"'{definition}.actions.baseBlob.delete.daysAfterModificationGreaterThan' is too low (-1.000000 < 0.000000)",
        f"'{definition}.filters.blobIndexMatch[0].name' is too short (0): at least 1 characters required",
        "'resourceGroupName' is too long (91): at most 90 characters allowed",
        f"missing required property '{definition}.filters.blobIndexMatch[0].value'",
    ]


def test_a_fraction_outside_the_range_has_both_faults(provider: Engine) -> None:
    """A number may be wrong in two ways."""
    news = {"scaleUnits": 50.5}
    assert faults(provider, "azure-native:network:BastionHost", news, "scaleUnits") == [
        "'scaleUnits' must be an integer but got 50.500000",
        "'scaleUnits' is too high (50.500000 > 50.000000)",
    ]


def test_a_secret_is_judged_and_not_shown(provider: Engine) -> None:
    """A text that the program marked as a secret is judged like any other, and stands in no fault."""
    secret = "-+!" * 9
    credentials = {"credentialsType": "Certificate", "thumbprint": {values.SIGNATURE: values.SECRET, "value": secret}}
    news = {"properties": {"datastoreType": "AzureBlob", "credentials": credentials}}
    reasons = provider.faults("azure-native:machinelearningservices:Datastore", news)
    assert "'properties.credentials.thumbprint' does not match expression '[a-zA-Z0-9_]'" in reasons
    assert not any(secret in reason for reason in reasons)


def test_a_name_that_no_description_limits_is_judged_by_the_service(provider: Engine) -> None:
    """The name rule of the service stands in where the API description has no pattern."""
    rule = by_token("azure-native:network:NatGateway")
    assert rule is not None
    assert faults(provider, rule.token, {"natGatewayName": "-n" * 41}, "natGatewayName") == [
        f"'natGatewayName' is too long (82): at most {rule.name.maximum} characters allowed",
        f"'natGatewayName' does not match expression '{rule.name.pattern}'",
    ]


def test_enums_lists_and_outputs_have_no_limits() -> None:
    """The plugin judges enums by their values alone, and nothing by the limits of a list's items."""
    for place in PLACES:
        assert "enum" not in place.node
        assert place.steps[-1][0] == "member"
        assert set(place.node) <= {"type", *LIMITS}
