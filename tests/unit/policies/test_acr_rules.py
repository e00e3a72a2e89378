"""Container Registry's rules where they branch: what is missing, not known, live, or said by another document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import finding, finding_of, paths

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy.estate import Given

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
REGISTRY = "Microsoft.ContainerRegistry/registries"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"


def registry(properties: str = "{}", *others: str, outside: str = "") -> str:
    """A registry and whatever else there is; `outside` goes beside its properties."""
    return "\n".join((f"- {{type: {REGISTRY}, name: example, {outside} properties: {properties}}}", *others))


def child(kind: str, properties: str, outside: str = "") -> str:
    return f"- {{type: {REGISTRY}/{kind}, name: example/one, {outside} properties: {properties}}}"


def plan(name: str, tier: str) -> str:
    return (
        f"- {{type: Microsoft.Security/pricings, name: {name}, scope: {SUBSCRIPTION}, "
        f"properties: {{pricingTier: {tier}}}}}"
    )


def flaw(properties: str, name: str = "scan/one", scope: str = "@example") -> str:
    type_ = "Microsoft.Security/assessments/subAssessments"
    return f'- {{type: {type_}, name: {name}, scope: "{scope}", properties: {properties}}}'


class TestSwitches:
    @pytest.mark.parametrize(
        ("rule", "properties", "live", "verdict"),
        [
            ("ACR-IDN-001", "{adminUserEnabled: null}", True, PASS),
            ("ACR-IDN-001", "{adminUserEnabled: '?'}", False, UNKNOWN),
            ("ACR-IDN-001", "{adminUserEnabled: 'false'}", False, FAIL),
            ("ACR-IDN-003", "{policies: {azureADAuthenticationAsArmPolicy: {status: DISABLED}}}", False, PASS),
            ("ACR-IDN-003", "{policies: null}", True, FAIL),
            ("ACR-IDN-003", "{policies: '?'}", False, UNKNOWN),
            ("ACR-NET-001", "{publicNetworkAccess: null}", False, FAIL),
            ("ACR-NET-001", "{publicNetworkAccess: '?'}", False, UNKNOWN),
            ("ACR-NET-005", "{dataEndpointEnabled: 'true'}", False, FAIL),
            ("ACR-NET-005", "{dataEndpointEnabled: '?'}", False, UNKNOWN),
            ("ACR-IMG-001", "{policies: {quarantinePolicy: {status: Enabled}}}", False, PASS),
            ("ACR-IMG-001", "{policies: {quarantinePolicy: '?'}}", False, UNKNOWN),
            ("ACR-NET-002", "{publicNetworkAccess: '?', networkRuleSet: {defaultAction: deny}}", False, PASS),
            ("ACR-NET-002", "{publicNetworkAccess: Disabled, networkRuleSet: '?'}", False, PASS),
            ("ACR-NET-002", "{publicNetworkAccess: Enabled, networkRuleSet: '?'}", False, UNKNOWN),
            ("ACR-NET-002", "{publicNetworkAccess: Enabled, networkRuleSet: null}", True, FAIL),
            ("ACR-DAT-001", "{publicNetworkAccess: '?', policies: {exportPolicy: {status: enabled}}}", False, FAIL),
            ("ACR-DAT-001", "{publicNetworkAccess: '?', policies: {exportPolicy: {status: disabled}}}", False, UNKNOWN),
            (
                "ACR-DAT-001",
                "{publicNetworkAccess: disabled, policies: {exportPolicy: {status: Disabled}}}",
                True,
                PASS,
            ),
        ],
    )
    def test_a_switch(self, rule: str, properties: str, live: bool, verdict: Verdict) -> None:
        """Case does not matter, kinds do, and what is not known defers only where it could decide."""
        assert finding(rule, registry(properties), live=live).verdict is verdict

    @pytest.mark.parametrize(
        ("sku", "pulls", "verdict"),
        [
            ("basic", "true", NA),
            ("Standard", "true", FAIL),
            ("Standard", "false", PASS),
            ("'?'", "true", UNKNOWN),
            ("'?'", "false", PASS),
            ("null", "true", FAIL),
            ("Premium", "'?'", UNKNOWN),
        ],
    )
    def test_anonymous_pull(self, sku: str, pulls: str, verdict: Verdict) -> None:
        """The Basic tier does not have the switch."""
        text = registry(f"{{anonymousPullEnabled: {pulls}}}", outside=f"sku: {{name: {sku}}},")
        assert finding("ACR-IDN-002", text).verdict is verdict

    @pytest.mark.parametrize(
        ("sku", "verdict"), [("PREMIUM", PASS), ("Standard", FAIL), ("'?'", UNKNOWN), ("{}", FAIL)]
    )
    def test_tier(self, sku: str, verdict: Verdict) -> None:
        """Only Premium has private endpoints."""
        found = finding("ACR-NET-004", registry(outside=f"sku: {{name: {sku}}},"))
        assert found.verdict is verdict
        assert paths(found) == ([] if verdict is PASS else ["/sku/name"])

    @pytest.mark.parametrize(
        ("encryption", "trust", "verdict"),
        [
            ("enabled", "disabled", NA),
            ("Disabled", "enabled", PASS),
            ("'?'", "disabled", UNKNOWN),
            ("'?'", "enabled", PASS),
            ("disabled", "'?'", UNKNOWN),
            ("null", "disabled", FAIL),
        ],
    )
    def test_content_trust(self, encryption: str, trust: str, verdict: Verdict) -> None:
        """A customer key rules content trust out."""
        text = f"{{encryption: {{status: {encryption}}}, policies: {{trustPolicy: {{status: {trust}}}}}}}"
        assert finding("ACR-IMG-002", registry(text)).verdict is verdict

    @pytest.mark.parametrize(
        ("status", "days", "verdict"),
        [
            ("enabled", "30", PASS),
            ("enabled", "31", FAIL),
            ("enabled", "null", PASS),
            ("enabled", "'7'", FAIL),
            ("'?'", "31", FAIL),
            ("'?'", "7", UNKNOWN),
            ("enabled", "'?'", UNKNOWN),
            ("disabled", "'?'", FAIL),
        ],
    )
    def test_retention(self, status: str, days: str, verdict: Verdict) -> None:
        """Missing days are the service's 7."""
        text = registry(f"{{policies: {{retentionPolicy: {{status: {status}, days: {days}}}}}}}")
        assert finding("ACR-IMG-003", text, live=days == "null").verdict is verdict

    @pytest.mark.parametrize(
        ("key", "verdict", "places"),
        [
            ("{keyIdentifier: 'https://v.vault.azure.net/keys/k', identity: i}", PASS, []),
            ("{keyIdentifier: ' ', identity: ' '}", FAIL, ["keyIdentifier", "identity"]),
            ("{}", FAIL, ["keyIdentifier", "identity"]),
            ("{keyIdentifier: '?', identity: ''}", FAIL, ["identity"]),
            ("{keyIdentifier: '?', identity: i}", UNKNOWN, ["keyIdentifier"]),
        ],
    )
    def test_customer_key(self, key: str, verdict: Verdict, places: list[str]) -> None:
        """All that is lacking is shown."""
        found = finding("ACR-ENC-001", registry(f"{{encryption: {{status: enabled, keyVaultProperties: {key}}}}}"))
        assert found.verdict is verdict
        assert paths(found) == [f"/properties/encryption/keyVaultProperties/{place}" for place in places]

    def test_customer_key_from_outputs(self) -> None:
        """Outputs of a declared key and identity are set."""
        key = {"keyIdentifier": Reference("urn:key", "keyUri"), "identity": Reference("urn:identity", "clientId")}
        body = {"properties": {"encryption": {"status": "enabled", "keyVaultProperties": key}}}
        assert finding_of("ACR-ENC-001", Given(REGISTRY, "one", None, body)).verdict is PASS


class TestTokensAndCaches:
    @pytest.mark.parametrize(
        ("properties", "allowed", "verdict"),
        [
            ("{status: Disabled}", (), PASS),
            ("{status: null}", (), FAIL),
            ("{status: '?'}", (), UNKNOWN),
            ("{status: '?'}", ("ONE",), PASS),
            ("{status: enabled}", ("other",), FAIL),
        ],
    )
    def test_token(self, properties: str, allowed: tuple[str, ...], verdict: Verdict) -> None:
        """A token is off, or its name is agreed."""
        found = finding("ACR-IDN-004", child("tokens", properties), allowed_tokens=allowed)
        assert found.verdict is verdict
        assert verdict is PASS or paths(found)[0] == "/properties/status"

    @pytest.mark.parametrize(
        ("source", "allowed", "verdict"),
        [
            ("mcr.microsoft.com/azureml", ("mcr.microsoft.com",), PASS),
            ("MCR.microsoft.com/azureml", ("mcr.microsoft.com/",), PASS),
            ("mcr.microsoft.com.evil.org/azureml", ("mcr.microsoft.com",), FAIL),
            ("mcr.microsoft.com/azureml", ("ghcr.io", "MCR.microsoft.com"), PASS),
            ("docker.io/library/ubuntu", ("docker.io/library/*",), PASS),
            ("docker.io/libraryx/ubuntu", ("docker.io/library/*",), FAIL),
            ("docker.io/library/ubuntu", ("",), FAIL),
            ("'?'", ("docker.io",), UNKNOWN),
            ("'?'", (), FAIL),
            ("null", ("docker.io",), FAIL),
        ],
    )
    def test_cache_rule(self, source: str, allowed: tuple[str, ...], verdict: Verdict) -> None:
        """A source lies below an agreed one, by whole names; nothing agreed forbids every rule."""
        text = child("cacheRules", f"{{sourceRepository: {source}}}")
        assert finding("ACR-DAT-002", text, allowed_sources=allowed).verdict is verdict

    @pytest.mark.parametrize(
        ("value", "verdict"),
        [
            ("https://hooks.example.com", PASS),
            ("HTTP://hooks.example.com/?code=hunter2", FAIL),
            ("https://", FAIL),
            (Secret("http://hooks.example.com"), FAIL),
            (Unknown(), UNKNOWN),
            (Reference("urn:site", "defaultHostName"), UNKNOWN),
            (None, FAIL),
        ],
    )
    def test_webhook(self, value: object, verdict: Verdict) -> None:
        """An address may carry a secret, so that the finding does not show it."""
        given = Given(f"{REGISTRY}/webhooks", "push", None, {"properties": {"serviceUri": value}})
        found = finding_of("ACR-NET-006", given)
        assert found.verdict is verdict
        assert "hooks.example.com" not in repr(found)

    def test_live_webhook(self) -> None:
        """What Azure never returns cannot be judged, neither way."""
        text = child("webhooks", "{serviceUri: 'https://hooks.example.com'}")
        assert finding("ACR-NET-006", text, live=True).verdict is UNKNOWN

    @given(st.text())
    def test_any_source(self, rest: str) -> None:
        """Whatever follows an agreed name has to begin a new part of the path."""
        source = f"mcr.microsoft.com{rest}".strip()
        given = Given(f"{REGISTRY}/cacheRules", "one", None, {"properties": {"sourceRepository": source}})
        found = finding_of("ACR-DAT-002", given, allowed_sources=("mcr.microsoft.com",))
        below = source == "mcr.microsoft.com" or source.startswith("mcr.microsoft.com/")
        assert found.verdict is (PASS if below else FAIL)


class TestReplicas:
    @pytest.mark.parametrize(
        ("location", "allowed", "verdict"),
        [
            ("West Europe", ("westeurope",), PASS),
            ("westeurope", ("West Europe",), PASS),
            ("eastasia", ("westeurope",), FAIL),
            ("eastasia", (), PASS),
            ("' '", (), FAIL),
            ("'?'", ("westeurope",), UNKNOWN),
        ],
    )
    def test_location(self, location: str, allowed: tuple[str, ...], verdict: Verdict) -> None:
        """Blanks and letter case do not tell regions apart."""
        text = child("replications", "{}", outside=f"location: {location},")
        found = finding("ACR-REL-002", text, allowed_locations=allowed)
        assert found.verdict is verdict
        assert paths(found) == ([] if verdict is PASS else ["/location"])

    @pytest.mark.parametrize(
        ("tags", "own", "replica", "verdict"),
        [
            ("{environment: PRODUCTION}", "Enabled", "Enabled", PASS),
            ("{ENVIRONMENT: production}", "enabled", "Disabled", FAIL),
            ("{environment: production}", "Disabled", "'?'", FAIL),
            ("{environment: production}", "Enabled", "'?'", UNKNOWN),
            ("{environment: '?'}", "Disabled", "Enabled", UNKNOWN),
            ("{environment: '?'}", "Enabled", "Enabled", PASS),
            ("'?'", "Disabled", "Enabled", UNKNOWN),
            ("{environment: test}", "Disabled", "Disabled", NA),
            ("null", "Disabled", "Disabled", NA),
        ],
    )
    def test_zones(self, tags: str, own: str, replica: str, verdict: Verdict) -> None:
        """Where the tag says production, the registry and each of its replicas spread over zones."""
        text = registry(
            f"{{zoneRedundancy: {own}}}",
            child("replications", f"{{zoneRedundancy: {replica}}}"),
            outside=f"tags: {tags},",
        )
        assert finding("ACR-REL-001", text).verdict is verdict

    def test_replica_that_is_not_redundant(self) -> None:
        """The finding shows the place in the replica."""
        replica = child("replications", "{zoneRedundancy: Disabled}")
        other = child("replications", "{zoneRedundancy: Enabled}").replace("example/one", "example/two")
        text = registry("{zoneRedundancy: Enabled}", other, replica, outside="tags: {environment: production},")
        found = finding("ACR-REL-001", text)
        assert [(place.id or "").rsplit("/", 2)[1:] for place in found.places] == [["replications", "one"]]
        assert paths(found) == ["/properties/zoneRedundancy"]

    def test_another_tag(self) -> None:
        """The name of the tag is a parameter."""
        text = registry("{zoneRedundancy: Disabled}", outside="tags: {stage: production},")
        assert finding("ACR-REL-001", text).verdict is NA
        assert finding("ACR-REL-001", text, environment_tag="stage").verdict is FAIL


class TestScanning:
    @pytest.mark.parametrize(
        ("others", "live", "verdict"),
        [
            ([], False, UNKNOWN),
            ([plan("Containers", "Standard")], False, UNKNOWN),
            ([plan("containers", "free")], False, FAIL),
            ([plan("KeyVaults", "Standard")], False, UNKNOWN),
            ([], True, UNKNOWN),
            ([plan("KeyVaults", "Standard")], True, FAIL),
            ([plan("Containers", "Standard")], True, PASS),
            ([plan("Containers", "'?'")], True, UNKNOWN),
            ([plan("Containers", "Standard"), flaw("{status: {code: Unhealthy, severity: critical}}")], True, FAIL),
            ([flaw("{status: {code: Unhealthy, severity: Critical}}")], True, FAIL),
            ([plan("Containers", "Standard"), flaw("{status: {code: NotApplicable, severity: Critical}}")], True, PASS),
        ],
    )
    def test_scan(self, others: list[str], live: bool, verdict: Verdict) -> None:
        """Before apply only a plan that is declared off can be judged; live the plan and the open flaws."""
        assert finding("ACR-IMG-004", registry("{}", *others), live=live).verdict is verdict

    def test_flaws_of_another_registry(self) -> None:
        """Only what hangs on the registry itself counts."""
        other = f"- {{type: {REGISTRY}, name: other, properties: {{}}}}"
        text = registry(
            "{}",
            other,
            plan("Containers", "Standard"),
            flaw("{status: {code: Unhealthy, severity: Critical}}", scope="@other"),
        )
        assert finding("ACR-IMG-004", text, live=True).verdict is PASS

    def test_registry_without_an_id(self) -> None:
        """A registry whose subscription is not known yet is deferred."""
        assert finding_of("ACR-IMG-004", Given(REGISTRY, "one", None, {}, urn="urn:one")).verdict is UNKNOWN
