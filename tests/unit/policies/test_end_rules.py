"""The rules of endpoints where they branch: what is missing, not known, elsewhere, or said by another document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import finding, finding_of, judged, paths

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy.estate import Given

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
ML = "Microsoft.MachineLearningServices"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example"
WORKSPACE = f"{GROUP}/providers/{ML}/workspaces/ws"
ELSEWHERE = f"{WORKSPACE}other/onlineEndpoints/online"


def endpoint(properties: str = "{}", *others: str, more: str = "") -> str:
    """An online endpoint and whatever else there is."""
    own = f"- {{type: {ML}/workspaces/onlineEndpoints, name: ws/online, properties: {properties}{more}}}"
    return "\n".join((own, *others))


def deployment(properties: str = "{}", *others: str, more: str = "") -> str:
    """A deployment of an endpoint, which is not there unless `others` has it."""
    own = (
        f"- {{type: {ML}/workspaces/onlineEndpoints/deployments, name: ws/online/blue, properties: {properties}{more}}}"
    )
    return "\n".join((own, *others))


def workspace(properties: str = "{}", more: str = "") -> str:
    return f"- {{type: {ML}/workspaces, name: ws, properties: {properties}{more}}}"


def deployments(*names: str) -> tuple[str, ...]:
    return tuple(f"- {{type: {ML}/workspaces/onlineEndpoints/deployments, name: ws/online/{name}}}" for name in names)


def batch(properties: str, *others: str) -> str:
    own = f"- {{type: {ML}/workspaces/batchEndpoints/deployments, name: ws/batch/one, properties: {properties}}}"
    return "\n".join((own, *others))


def cluster(properties: str) -> str:
    return f"- {{type: {ML}/workspaces/computes, name: ws/cluster, properties: {properties}}}"


class TestNetwork:
    @pytest.mark.parametrize(
        ("properties", "live", "verdict"),
        [
            ("{publicNetworkAccess: disabled}", False, PASS),
            ("{publicNetworkAccess: null}", False, FAIL),
            ("{}", True, FAIL),
            ("{publicNetworkAccess: '?'}", False, UNKNOWN),
            ("{publicNetworkAccess: [Disabled]}", False, FAIL),
            ("{compute: kubernetes, publicNetworkAccess: Enabled}", False, NA),
            ("{compute: '?', publicNetworkAccess: Enabled}", False, UNKNOWN),
            ("{compute: '?', publicNetworkAccess: Disabled}", False, PASS),
            ("{compute: {}, publicNetworkAccess: Disabled}", False, FAIL),
            ("'?'", False, UNKNOWN),
        ],
    )
    def test_public_scoring(self, properties: str, live: bool, verdict: Verdict) -> None:
        """Only Disabled closes an endpoint, and one on Kubernetes is not judged."""
        assert finding("END-NET-001", endpoint(properties), live=live).verdict is verdict

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{egressPublicNetworkAccess: Disabled}", (workspace(),), PASS),
            ("{egressPublicNetworkAccess: Enabled}", (workspace(),), FAIL),
            ("{}", (workspace("{managedNetwork: null}"),), FAIL),
            ("{}", (workspace("{managedNetwork: {isolationMode: AllowInternetOutbound}}"),), NA),
            ("{egressPublicNetworkAccess: Enabled}", (workspace("{managedNetwork: '?'}"),), UNKNOWN),
            ("{egressPublicNetworkAccess: Disabled}", (workspace("{managedNetwork: '?'}"),), PASS),
            ("{egressPublicNetworkAccess: Enabled}", (), UNKNOWN),
            ("{egressPublicNetworkAccess: Disabled}", (), PASS),
            ("{egressPublicNetworkAccess: '?'}", (workspace(),), UNKNOWN),
            ("{endpointComputeType: Kubernetes}", (workspace(),), NA),
            ("{endpointComputeType: Kubernetes}", (), NA),
            ("{egressPublicNetworkAccess: Enabled}", (workspace("{managedNetwork: odd}"),), FAIL),
            ("{egressPublicNetworkAccess: Enabled}", (workspace("{hubResourceId: x}", ", kind: Project"),), UNKNOWN),
        ],
    )
    def test_egress(self, properties: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """Egress is judged where the workspace is known to have no managed network."""
        assert finding("END-NET-002", deployment(properties, *others)).verdict is verdict

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{}", (workspace("{publicNetworkAccess: Disabled}"),), FAIL),
            ("{egressPublicNetworkAccess: Enabled}", (workspace("{publicNetworkAccess: Disabled}"),), FAIL),
            ("{egressPublicNetworkAccess: Disabled}", (workspace("{publicNetworkAccess: Disabled}"),), PASS),
            ("{egressPublicNetworkAccess: '?'}", (workspace("{publicNetworkAccess: Disabled}"),), UNKNOWN),
            ("{egressPublicNetworkAccess: '?'}", (workspace("{publicNetworkAccess: Enabled}"),), PASS),
            ("{egressPublicNetworkAccess: Enabled}", (workspace("{publicNetworkAccess: '?'}"),), UNKNOWN),
            ("{egressPublicNetworkAccess: Enabled}", (workspace(),), PASS),
            ("{egressPublicNetworkAccess: Enabled}", (), UNKNOWN),
            (
                "{}",
                (workspace("{publicNetworkAccess: Disabled, managedNetwork: {isolationMode: AllowInternetOutbound}}"),),
                NA,
            ),
        ],
    )
    def test_agreement(self, properties: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """Open egress beside a closed workspace fails, whichever of them is left unsaid."""
        assert finding("END-NET-003", deployment(properties, *others)).verdict is verdict

    def test_shows_both_sides_of_a_disagreement(self) -> None:
        """The finding names the deployment's setting and the workspace's."""
        found = finding("END-NET-003", deployment("{}", workspace("{publicNetworkAccess: Disabled}")))
        assert [place.id for place in found.places] == [
            f"{WORKSPACE}/onlineEndpoints/online/deployments/blue",
            WORKSPACE,
        ]


class TestIdentity:
    @pytest.mark.parametrize(
        ("rule", "mode", "parameters", "verdict"),
        [
            ("END-IDN-001", "amltoken", {}, PASS),
            ("END-IDN-001", "AADToken", {"require_aad": True}, PASS),
            ("END-IDN-001", "AMLToken", {"require_aad": True}, FAIL),
            ("END-IDN-001", "Key", {}, FAIL),
            ("END-IDN-001", "null", {}, FAIL),
            ("END-IDN-001", "'?'", {}, UNKNOWN),
            ("END-IDN-001", "1", {}, FAIL),
        ],
    )
    def test_tokens(self, rule: str, mode: str, parameters: dict[str, Any], verdict: Verdict) -> None:
        """Tokens pass, keys do not, and require_aad leaves Entra's alone."""
        assert finding(rule, endpoint(f"{{authMode: {mode}}}"), **parameters).verdict is verdict

    @pytest.mark.parametrize(
        ("mode", "verdict"), [("aadtoken", PASS), ("Key", FAIL), ("AMLToken", FAIL), ("'?'", UNKNOWN)]
    )
    def test_batch_tokens(self, mode: str, verdict: Verdict) -> None:
        """Only Entra's tokens start a batch job."""
        text = f"- {{type: {ML}/workspaces/batchEndpoints, name: ws/batch, properties: {{authMode: {mode}}}}}"
        assert finding("END-IDN-002", text).verdict is verdict

    OWN = "- {type: Microsoft.ManagedIdentity/userAssignedIdentities, name: own}"
    COMPUTE = f"- {{type: {ML}/workspaces/computes, name: ws/cluster, identity: "
    SHARED = COMPUTE + "{userAssignedIdentities: {'@own': {}}}}"
    HIDDEN = COMPUTE + "{userAssignedIdentities: '?'}}"

    @pytest.mark.parametrize(
        ("identity", "others", "verdict"),
        [
            ("{type: UserAssigned, userAssignedIdentities: {'@own': {}}}", (OWN, workspace()), PASS),
            ("{type: 'systemassigned,userassigned', userAssignedIdentities: {'@own': {}}}", (OWN, workspace()), PASS),
            ("{type: UserAssigned, userAssignedIdentities: {'@own': {}}}", (OWN, workspace(), SHARED), FAIL),
            ("{type: UserAssigned, userAssignedIdentities: {'@own': {}, other: {}}}", (OWN, workspace(), SHARED), PASS),
            ("{type: UserAssigned, userAssignedIdentities: {'@own': {}}}", (OWN, workspace(), HIDDEN), UNKNOWN),
            ("{type: UserAssigned, userAssignedIdentities: '?'}", (OWN, workspace()), UNKNOWN),
            ("{type: UserAssigned, userAssignedIdentities: {}}", (OWN, workspace()), FAIL),
            ("{type: NotUserAssigned, userAssignedIdentities: {'@own': {}}}", (OWN, workspace()), FAIL),
            ("null", (OWN, workspace()), FAIL),
        ],
    )
    def test_own_identity(self, identity: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """One identity has to be the endpoint's alone."""
        text = endpoint("{}", *others, more=f", identity: {identity}")
        assert finding("END-IDN-003", text).verdict is verdict

    def test_own_identity_by_reference(self) -> None:
        """An identity that is declared, its id not known, is compared by what it is the output of."""
        one, other = (Reference(f"urn:pulumi:dev::p::azure-native:m:Identity::{name}", "id") for name in ("a", "b"))
        identities = [
            Given("Microsoft.ManagedIdentity/userAssignedIdentities", name, None, {}, each.urn)
            for name, each in (("a", one), ("b", other))
        ]

        def verdict(key: Reference) -> Verdict:
            online = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {one: {}}}}
            compute = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {key: {}}}}
            return finding_of(
                "END-IDN-003",
                Given(f"{ML}/workspaces/onlineEndpoints", "online", f"{WORKSPACE}/onlineEndpoints/online", online),
                Given(f"{ML}/workspaces", "ws", WORKSPACE, {}),
                Given(f"{ML}/workspaces/computes", "c", f"{WORKSPACE}/computes/c", compute),
                *identities,
            ).verdict

        assert verdict(one) is FAIL
        assert verdict(other) is PASS

    @pytest.mark.parametrize(
        ("keys", "live", "verdict"),
        [
            ("null", False, PASS),
            ("{primaryKey: secret:x}", False, FAIL),
            ("{primaryKey: '?'}", False, FAIL),
            ("'?'", False, UNKNOWN),
            ("null", True, UNKNOWN),
            ("{primaryKey: x}", True, FAIL),
        ],
    )
    def test_written_keys(self, keys: str, live: bool, verdict: Verdict) -> None:
        """Keys in the program fail; a live endpoint never shows its keys and so never passes."""
        assert finding("END-IDN-004", endpoint(f"{{keys: {keys}}}"), live=live).verdict is verdict

    def test_written_keys_are_not_shown(self) -> None:
        """The finding holds no key."""
        found = finding("END-IDN-004", endpoint("{keys: {primaryKey: 'secret:hunter2'}}"))
        assert "hunter2" not in repr(found)


class TestLogsAndInstances:
    @pytest.mark.parametrize(
        ("value", "live", "verdict"),
        [
            ("true", False, PASS),
            ("false", False, FAIL),
            ("null", True, FAIL),
            ("'true'", False, FAIL),
            ("'?'", False, UNKNOWN),
        ],
    )
    def test_request_logs(self, value: str, live: bool, verdict: Verdict) -> None:
        """Only true turns them on."""
        assert finding("END-LOG-001", deployment(f"{{appInsightsEnabled: {value}}}"), live=live).verdict is verdict

    ENDPOINT = f"- {{type: {ML}/workspaces/onlineEndpoints, name: ws/online, tags: {{Environment: PRODUCTION}}}}"

    @pytest.mark.parametrize(
        ("more", "others", "verdict"),
        [
            (", tags: {environment: production}", (), FAIL),
            (", tags: {environment: prod}", (), FAIL),
            (", tags: {environment: dev}", (), NA),
            ("", (), NA),
            ("", (ENDPOINT,), FAIL),
            (", tags: {environment: dev}", (ENDPOINT,), NA),
            ("", (workspace(more=", tags: {environment: production}"),), FAIL),
            (", tags: {environment: '?'}", (), UNKNOWN),
            (", tags: '?'", (), UNKNOWN),
            (", tags: odd", (), FAIL),
        ],
    )
    def test_production_collects_data(self, more: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """The nearest tag says what production is."""
        assert finding("END-LOG-002", deployment("{}", *others, more=more)).verdict is verdict

    def test_another_tag(self) -> None:
        """The tag that names the environment is a parameter."""
        text = deployment("{}", more=", tags: {stage: production}")
        assert finding("END-LOG-002", text).verdict is NA
        assert finding("END-LOG-002", text, environment_tag="stage").verdict is FAIL

    @pytest.mark.parametrize(
        ("collector", "verdict"),
        [
            ("{collections: {a: {dataCollectionMode: Disabled}, b: {dataCollectionMode: enabled}}}", PASS),
            ("{collections: {a: {dataCollectionMode: '?'}}}", UNKNOWN),
            ("{collections: {}}", FAIL),
            ("{collections: '?'}", UNKNOWN),
            ("{collections: 7}", FAIL),
        ],
    )
    def test_one_collection_is_enough(self, collector: str, verdict: Verdict) -> None:
        """One that collects is enough, whatever the others do."""
        text = deployment(f"{{dataCollector: {collector}}}", more=", tags: {environment: production}")
        assert finding("END-LOG-002", text).verdict is verdict

    @pytest.mark.parametrize(
        ("properties", "sku", "parameters", "verdict"),
        [
            ("{}", "{capacity: 2}", {}, PASS),
            ("{}", "{capacity: 1}", {}, FAIL),
            ("{}", "{}", {}, FAIL),
            ("{}", "{capacity: '?'}", {}, UNKNOWN),
            ("{}", "{capacity: '2'}", {}, FAIL),
            ("{}", "{capacity: 2}", {"min_instances": 3}, FAIL),
            ("{scaleSettings: {scaleType: targetutilization, minInstances: 2}}", "{capacity: 1}", {}, PASS),
            ("{scaleSettings: {scaleType: Default, minInstances: 2}}", "{capacity: 1}", {}, FAIL),
            ("{scaleSettings: {scaleType: TargetUtilization, minInstances: '?'}}", "{capacity: 1}", {}, UNKNOWN),
            ("{scaleSettings: '?'}", "{capacity: 2}", {}, PASS),
        ],
    )
    def test_instances(self, properties: str, sku: str, parameters: dict[str, Any], verdict: Verdict) -> None:
        """Two fixed instances or two at least by scaling."""
        text = deployment(properties, more=f", sku: {sku}, tags: {{environment: production}}")
        assert finding("END-OPS-002", text, **parameters).verdict is verdict

    @pytest.mark.parametrize(
        ("probes", "verdict", "places"),
        [
            ("{livenessProbe: {a: 1}, readinessProbe: {a: 1}}", PASS, []),
            ("{livenessProbe: {a: 1}, readinessProbe: {}}", FAIL, ["/properties/readinessProbe"]),
            ("{}", FAIL, ["/properties/livenessProbe", "/properties/readinessProbe"]),
            ("{livenessProbe: '?'}", FAIL, ["/properties/readinessProbe"]),
            ("{livenessProbe: '?', readinessProbe: {a: 1}}", UNKNOWN, ["/properties/livenessProbe"]),
            ("{livenessProbe: odd, readinessProbe: {a: 1}}", FAIL, ["/properties/livenessProbe"]),
        ],
    )
    def test_probes(self, probes: str, verdict: Verdict, places: list[str]) -> None:
        """Both have to be there, and each one that is not is shown."""
        found = finding("END-OPS-003", deployment(probes))
        assert (found.verdict, paths(found)) == (verdict, places)

    @pytest.mark.parametrize(
        ("allowed", "value", "verdict"),
        [
            ((), "anything", PASS),
            ((), "'?'", PASS),
            (("Standard_DS3_v2",), "standard_ds3_v2", PASS),
            (("Standard_DS3_v2",), "Standard_NC6", FAIL),
            (("Standard_DS3_v2",), "null", FAIL),
            (("Standard_DS3_v2",), "'?'", UNKNOWN),
        ],
    )
    def test_instance_types(self, allowed: tuple[str, ...], value: str, verdict: Verdict) -> None:
        """An empty list is no limit."""
        text = deployment(f"{{instanceType: {value}}}")
        assert finding("END-COST-001", text, allowed_instance_types=allowed).verdict is verdict

    @pytest.mark.parametrize(
        ("kind", "limits", "requests", "verdict"),
        [
            ("Kubernetes", "{cpu: '1', memory: 1Gi}", "null", PASS),
            ("Kubernetes", "{cpu: '1', memory: 1Gi}", "{cpu: 1000m, memory: 1024Mi}", PASS),
            ("Kubernetes", "{cpu: '1', memory: 1Gi}", "{cpu: 1001m}", FAIL),
            ("Kubernetes", "{cpu: '1', memory: 1G}", "{memory: 1Gi}", FAIL),
            ("Kubernetes", "{cpu: '1', memory: 1e9}", "{memory: 1G}", PASS),
            ("Kubernetes", "{cpu: '1'}", "null", FAIL),
            ("Kubernetes", "null", "null", FAIL),
            ("Kubernetes", "{cpu: '?', memory: 1Gi}", "null", UNKNOWN),
            ("Kubernetes", "{cpu: '?'}", "null", FAIL),
            ("Kubernetes", "{cpu: '1e999999', memory: 1Gi}", "{cpu: '1'}", PASS),
            ("Kubernetes", "{cpu: much, memory: 1Gi}", "{cpu: '1'}", FAIL),
            ("Kubernetes", "{cpu: '1', memory: 1Gi}", "{cpu: odd}", FAIL),
            ("Managed", "null", "null", NA),
            ("null", "null", "null", NA),
            ("'?'", "null", "null", UNKNOWN),
        ],
    )
    def test_kubernetes_limits(self, kind: str, limits: str, requests: str, verdict: Verdict) -> None:
        """Amounts are compared as amounts, whatever their units."""
        needs = f"{{containerResourceLimits: {limits}, containerResourceRequests: {requests}}}"
        text = deployment(f"{{endpointComputeType: {kind}, containerResourceRequirements: {needs}}}")
        assert finding("END-K8S-001", text).verdict is verdict


class TestTraffic:
    @pytest.mark.parametrize(
        ("traffic", "names", "verdict"),
        [
            ("null", (), PASS),
            ("{}", (), PASS),
            ("{Blue: 100}", ("blue",), PASS),
            ("{blue: 0, green: 0}", ("blue", "green"), PASS),
            ("{blue: 33, green: 67}", ("blue", "green"), PASS),
            ("{blue: 50}", ("blue",), FAIL),
            ("{blue: 110, green: -10}", ("blue", "green"), FAIL),
            ("{blue: 60, green: 60, red: '?'}", ("blue", "green", "red"), FAIL),
            ("{blue: 60, green: '?'}", ("blue", "green"), UNKNOWN),
            ("{blue: 60, gone: '?'}", ("blue",), FAIL),
            ("{blue: '100'}", ("blue",), FAIL),
            ("'?'", ("blue",), UNKNOWN),
            ("[blue]", ("blue",), FAIL),
        ],
    )
    def test_split(self, traffic: str, names: tuple[str, ...], verdict: Verdict) -> None:
        """All of it or none, to deployments that are there."""
        assert finding("END-OPS-001", endpoint(f"{{traffic: {traffic}}}", *deployments(*names))).verdict is verdict

    def test_shows_every_key_that_leads_nowhere(self) -> None:
        """Each key without a deployment is a place."""
        found = finding("END-OPS-001", endpoint("{traffic: {a: 50, b: 50}}"))
        assert paths(found) == ["/properties/traffic/a", "/properties/traffic/b"]

    def test_deployment_of_another_endpoint(self) -> None:
        """A deployment of the same name elsewhere does not help."""
        other = f"- {{type: {ML}/workspaces/onlineEndpoints/deployments, name: x, id: {ELSEWHERE}/deployments/blue}}"
        assert finding("END-OPS-001", endpoint("{traffic: {blue: 100}}", other)).verdict is FAIL

    @given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 100), min_size=1))
    def test_any_split(self, traffic: dict[str, int]) -> None:
        """A split passes where it adds up to 0 or 100, and only there."""
        online = {"type": f"{ML}/workspaces/onlineEndpoints", "name": "ws/online", "properties": {"traffic": traffic}}
        kind = f"{ML}/workspaces/onlineEndpoints/deployments"
        others = [{"type": kind, "name": f"ws/online/{name}"} for name in traffic]
        passes = judged("END-OPS-001", online, *others).verdict is PASS
        assert passes == (sum(traffic.values()) in (0, 100))


LIMITS: dict[str, Any] = {"allowed_registries": ["Estate"]}


class TestAssets:
    @pytest.mark.parametrize(
        ("model", "parameters", "verdict"),
        [
            ("azureml://registries/anybody/models/m/versions/1", {}, PASS),
            ("azureml://registries/estate/models/m/versions/1", LIMITS, PASS),
            ("azureml://registries/estateX/models/m/versions/1", LIMITS, FAIL),
            ("AzureML://Registries/other/models/m/versions/1", LIMITS, FAIL),
            (f"{GROUP}/providers/{ML}/registries/other/models/m/versions/1", LIMITS, FAIL),
            (f"{WORKSPACE}/models/m/versions/1", LIMITS, PASS),
            ("azureml:m:1", LIMITS, PASS),
            ("null", LIMITS, NA),
            ("'?'", LIMITS, UNKNOWN),
            ("'?'", {}, PASS),
            ("12", LIMITS, FAIL),
            (
                "azureml://registries/r/models/m/versions/2",
                {"allowed_assets": ["azureml://registries/r/models/m/versions/1"]},
                FAIL,
            ),
            (
                "azureml://registries/r/models/m/versions/1",
                {"allowed_assets": ["azureml://registries/r/models/m"]},
                PASS,
            ),
            (
                "azureml://registries/r/models/mm/versions/1",
                {"allowed_assets": ["azureml://registries/r/models/m"]},
                FAIL,
            ),
        ],
    )
    def test_models(self, model: str, parameters: dict[str, Any], verdict: Verdict) -> None:
        """Registries and assets are compared whole, without letter case, and an empty list is no limit."""
        assert finding("END-SEC-001", deployment(f"{{model: {model}}}"), **parameters).verdict is verdict

    @pytest.mark.parametrize(
        ("type_", "verdict"), [("workspaces/models/versions", PASS), ("registries/models/versions", UNKNOWN)]
    )
    def test_declared_models(self, type_: str, verdict: Verdict) -> None:
        """A model declared in the workspace is inside; one of a registry whose id is not known is open."""
        urn = "urn:pulumi:dev::p::azure-native:m:ModelVersion::m"
        online = {"properties": {"model": Reference(urn, "id")}}
        found = finding_of(
            "END-SEC-001",
            Given(f"{ML}/workspaces/onlineEndpoints/deployments", "blue", None, online),
            Given(f"{ML}/{type_}", "m", None, {}, urn),
            allowed_registries=("estate",),
        )
        assert found.verdict is verdict

    @pytest.mark.parametrize(
        ("environment", "verdict"),
        [
            ("azureml:scoring:4", PASS),
            ("scoring:4", PASS),
            ("azureml:scoring", FAIL),
            ("azureml:scoring:latest", FAIL),
            ("azureml:scoring@latest", FAIL),
            ("azureml://registries/azureml/environments/sklearn/versions/31", PASS),
            ("azureml://registries/azureml/environments/sklearn/labels/latest", FAIL),
            ("azureml://registries/azureml/environments/sklearn/versions/latest", FAIL),
            (f"{WORKSPACE}/environments/scoring/versions/4", PASS),
            (f"{WORKSPACE}/environments/scoring", FAIL),
            ("''", FAIL),
            ("'?'", UNKNOWN),
            ("7", FAIL),
            ("null", FAIL),
        ],
    )
    def test_environments(self, environment: str, verdict: Verdict) -> None:
        """Only an explicit version pins the image."""
        assert finding("END-SEC-002", deployment(f"{{environmentId: {environment}}}")).verdict is verdict

    MODEL = f"- {{type: {ML}/workspaces/models/versions, name: ws/m/1, properties: {{modelType: "

    @pytest.mark.parametrize(
        ("model", "others", "verdict"),
        [
            ("'@ws/m/1'", (MODEL + "MLFLOW_MODEL}}",), NA),
            ("'@ws/m/1'", (MODEL + "custom_model}}",), FAIL),
            ("'@ws/m/1'", (MODEL + "'?'}}",), UNKNOWN),
            ("azureml://registries/azureml/models/m/versions/1", (), UNKNOWN),
            ("'?'", (), UNKNOWN),
        ],
    )
    def test_no_environment(self, model: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """A missing environment is right beside an MLflow model only."""
        assert finding("END-SEC-002", deployment(f"{{model: {model}}}", *others)).verdict is verdict

    @pytest.mark.parametrize(
        ("type_", "verdict"), [("environments/versions", PASS), ("environments", FAIL), ("models/versions", FAIL)]
    )
    def test_declared_environments(self, type_: str, verdict: Verdict) -> None:
        """A reference counts by the type of what it leads to."""
        urn = "urn:pulumi:dev::p::azure-native:m:EnvironmentVersion::e"
        online = {"properties": {"environmentId": Reference(urn, "id")}}
        found = finding_of(
            "END-SEC-002",
            Given(f"{ML}/workspaces/onlineEndpoints/deployments", "blue", None, online),
            Given(f"{ML}/workspaces/{type_}", "e", None, {}, urn),
        )
        assert found.verdict is verdict


class TestVariables:
    @pytest.mark.parametrize(
        ("variables", "verdict"),
        [
            ("null", PASS),
            ("{}", PASS),
            ("{LEVEL: info}", PASS),
            ("{API_KEY: abc}", FAIL),
            ("{API_KEY: ''}", PASS),
            ("{api_token: '?'}", UNKNOWN),
            ("{LEVEL: '?'}", UNKNOWN),
            ("{LEVEL: '?', DB_PASSWORD: x}", FAIL),
            ("{STORE: 'https://a.blob.core.windows.net/c?sp=r&sig=abc'}", FAIL),
            ("{STORE: 'Endpoint=sb://a/;SharedAccessKey=abc'}", FAIL),
            ("{STORE: 'Server=db;User=a;Password=b'}", FAIL),
            ("{STORE: 'postgresql://a:b@host/db'}", FAIL),
            ("{STORE: 'https://a.blob.core.windows.net/c'}", PASS),
            ("{PEM: '-----BEGIN RSA PRIVATE KEY-----'}", FAIL),
            ("{STORE: 'secret:harmless'}", FAIL),
            ("{LEVEL: 3}", FAIL),
            ("'?'", UNKNOWN),
            ("[LEVEL]", FAIL),
        ],
    )
    def test_variables(self, variables: str, verdict: Verdict) -> None:
        """Names and values both give a secret away."""
        assert finding("END-SEC-003", deployment(f"{{environmentVariables: {variables}}}")).verdict is verdict

    def test_a_secret_that_is_not_known_is_a_secret(self) -> None:
        """What the program marks as a secret fails before its value is known, and so does a secret map."""
        for variables in ({"STORE": Secret(Unknown())}, Secret({"STORE": "x"})):
            online = {"properties": {"environmentVariables": variables}}
            kind = f"{ML}/workspaces/onlineEndpoints/deployments"
            assert finding_of("END-SEC-003", Given(kind, "blue", None, online)).verdict is FAIL

    def test_values_are_not_shown(self) -> None:
        """The finding names the variables, every one, and holds none of their values."""
        found = finding("END-SEC-003", deployment("{environmentVariables: {A_KEY: hunter2, B: 'x?sig=hunter3'}}"))
        assert paths(found) == ["/properties/environmentVariables/A_KEY", "/properties/environmentVariables/B"]
        assert "hunter" not in repr(found)

    def test_another_pattern(self) -> None:
        """The pattern for names is a parameter."""
        text = deployment("{environmentVariables: {API_KEY: abc}}")
        assert finding("END-SEC-003", text, secret_key_pattern="(?i)passwd").verdict is PASS


class TestBatch:
    GUARDED = "{computeType: AmlCompute, disableLocalAuth: true}"
    MANAGED = "{managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}}"

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{compute: '@ws/cluster'}", (workspace(MANAGED), cluster(GUARDED)), PASS),
            ("{compute: cluster}", (workspace(MANAGED), cluster(GUARDED)), PASS),
            ("{compute: azureml:cluster}", (workspace(MANAGED), cluster(GUARDED)), PASS),
            ("{compute: gone}", (workspace(MANAGED), cluster(GUARDED)), FAIL),
            ("{compute: '@ws/cluster'}", (workspace(), cluster(GUARDED)), FAIL),
            ("{compute: '@ws/cluster'}", (workspace(MANAGED), cluster("{computeType: AmlCompute}")), FAIL),
            ("{compute: '@ws/cluster'}", (workspace(MANAGED), cluster("{computeType: Kubernetes}")), PASS),
            ("{compute: '@ws/cluster'}", (cluster(GUARDED),), UNKNOWN),
            ("{compute: '@ws/cluster'}", (cluster("{computeType: AmlCompute}"),), FAIL),
            ("{compute: '@ws'}", (workspace(MANAGED),), FAIL),
            ("{compute: '?'}", (workspace(MANAGED), cluster(GUARDED)), UNKNOWN),
            ("{compute: null}", (workspace(MANAGED), cluster(GUARDED)), FAIL),
            (
                "{deploymentConfiguration: {settings: {default_compute: cluster}}}",
                (workspace(MANAGED), cluster(GUARDED)),
                PASS,
            ),
        ],
    )
    def test_compute(self, properties: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """The compute is there, in the same workspace, and guarded."""
        assert finding("END-BAT-001", batch(properties, *others)).verdict is verdict

    def test_compute_of_another_workspace(self) -> None:
        """A guarded compute of another workspace does not do."""
        id = f"{GROUP}/providers/{ML}/workspaces/other/computes/c"
        other = f"- {{type: {ML}/workspaces/computes, name: c, id: {id}, properties: {self.GUARDED}}}"
        found = finding("END-BAT-001", batch(f"{{compute: {id}}}", workspace(self.MANAGED), other))
        assert (found.verdict, found.path) == (FAIL, "/properties/compute")
