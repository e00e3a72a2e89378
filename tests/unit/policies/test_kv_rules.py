"""Key Vault's rules where they branch: what is missing, not known, elsewhere, or said by another document."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import finding, finding_of, judged, paths

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy.document import Program
from azkeep.policy.estate import Given

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example"
VAULT = "Microsoft.KeyVault/vaults"
KEY_URN, VAULT_URN = "urn:pulumi:dev::p::azure-native:keyvault:Key::key", "urn:pulumi:dev::p::azure-native:v::vault"
DAY = 86_400


def vault(properties: str = "{}", *others: str) -> str:
    """A vault and whatever else there is."""
    return "\n".join((f"- {{type: {VAULT}, name: example, properties: {properties}}}", *others))


def key(properties: str, *others: str) -> str:
    """A key of the vault `example`."""
    return "\n".join((f"- {{type: {VAULT}/keys, name: example/one, properties: {properties}}}", *others))


def endpoint(target: str, group: str = "vault") -> str:
    return (
        "- {type: Microsoft.Network/privateEndpoints, name: endpoint, properties: {privateLinkServiceConnections: "
        f'[{{properties: {{privateLinkServiceId: "{target}", groupIds: [{group}]}}}}]}}}}'
    )


def workspace(properties: str) -> str:
    return f"- {{type: Microsoft.MachineLearningServices/workspaces, name: ws, properties: {properties}}}"


def setting(properties: str, scope: str = "@example") -> str:
    return f'- {{type: Microsoft.Insights/diagnosticSettings, name: logs, scope: "{scope}", properties: {properties}}}'


class TestNetwork:
    @pytest.mark.parametrize(
        ("properties", "live", "verdict"),
        [
            ("{publicNetworkAccess: DISABLED}", False, PASS),
            ("{publicNetworkAccess: null}", False, FAIL),
            ("{}", True, FAIL),
            ("{publicNetworkAccess: '?'}", False, UNKNOWN),
            ("{publicNetworkAccess: [Disabled]}", False, FAIL),
            ("{publicNetworkAccess: SecuredByPerimeter}", True, FAIL),
        ],
    )
    def test_public_access(self, properties: str, live: bool, verdict: Verdict) -> None:
        """Only the word disabled closes a vault."""
        found = finding("KV-NET-001", vault(properties), live=live)
        assert found.verdict is verdict
        assert paths(found) == ([] if verdict is PASS else ["/properties/publicNetworkAccess"])

    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ("{publicNetworkAccess: Disabled, networkAcls: '?'}", PASS),
            ("{publicNetworkAccess: '?', networkAcls: {defaultAction: Deny}}", PASS),
            ("{publicNetworkAccess: '?', networkAcls: {defaultAction: Allow}}", UNKNOWN),
            ("{networkAcls: {defaultAction: '?'}}", UNKNOWN),
            ("{networkAcls: {defaultAction: Deny, ipRules: [{value: '?'}]}}", FAIL),
            ("{networkAcls: {defaultAction: Deny, ipRules: '?'}}", UNKNOWN),
            ("{networkAcls: {defaultAction: Allow, ipRules: '?'}}", FAIL),
            ("{networkAcls: {defaultAction: Deny, ipRules: null}}", PASS),
        ],
    )
    def test_firewall(self, properties: str, verdict: Verdict) -> None:
        """With nothing allowed any rule is a fault, whatever address it will hold."""
        assert finding("KV-NET-002", vault(properties)).verdict is verdict

    @pytest.mark.parametrize(
        ("address", "verdict"),
        [
            ("203.0.113.7", PASS),
            ("203.0.113.0/25", PASS),
            ("203.0.112.0/23", FAIL),
            ("0.0.0.0/0", FAIL),
            ("nowhere", FAIL),
            ("'2001:db8::1'", FAIL),
            ("'?'", UNKNOWN),
        ],
    )
    def test_allowed_addresses(self, address: str, verdict: Verdict) -> None:
        """What lies within an allowed range is allowed, what reaches beyond it is not."""
        text = vault(f"{{networkAcls: {{defaultAction: Deny, ipRules: [{{value: {address}}}]}}}}")
        assert finding("KV-NET-002", text, allowed_ips=["198.51.100.1", "203.0.113.0/24"]).verdict is verdict

    def test_every_offending_rule_is_shown(self) -> None:
        """Each address and subnet that is not allowed is a place of the finding."""
        rules = "ipRules: [{value: 1.2.3.4}, {value: 203.0.113.7}], virtualNetworkRules: [{id: /x}]"
        found = finding(
            "KV-NET-002",
            vault(f"{{networkAcls: {{defaultAction: Deny, {rules}}}}}"),
            allowed_ips=("203.0.113.7",),
        )
        assert paths(found)[:2] == [
            "/properties/networkAcls/ipRules/0/value",
            "/properties/networkAcls/virtualNetworkRules/0/id",
        ]

    @pytest.mark.parametrize(
        ("others", "verdict"),
        [
            ([endpoint("?")], UNKNOWN),
            ([endpoint("?"), endpoint("@example").replace("endpoint,", "second,")], PASS),
            ([endpoint("@example", "Vault")], PASS),
            ([endpoint("@example", "'?'")], UNKNOWN),
            ([endpoint(f"{GROUP}/providers/Microsoft.KeyVault/vaults/EXAMPLE")], PASS),
            ([endpoint(f"{GROUP}/providers/Microsoft.KeyVault/vaults/other")], FAIL),
        ],
    )
    def test_private_endpoint(self, others: list[str], verdict: Verdict) -> None:
        """An endpoint whose target is not known decides only where no other one satisfies the rule."""
        assert finding("KV-NET-003", vault("{}", *others)).verdict is verdict

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{networkAcls: {bypass: None}}", [], PASS),
            ("{networkAcls: {bypass: '?'}}", [], UNKNOWN),
            ("{networkAcls: {bypass: Everything}}", [workspace('{keyVault: "@example"}')], FAIL),
            ("{}", [workspace('{keyVault: "@example"}')], PASS),
            ("{}", [workspace("{keyVault: '?'}")], UNKNOWN),
            ("{}", [workspace(f"{{keyVault: {GROUP}/providers/{VAULT}/other}}")], FAIL),
            (
                "{}",
                [
                    "- {type: Microsoft.ContainerRegistry/registries, name: acr, properties: {encryption: "
                    "{keyVaultProperties: {keyIdentifier: 'https://EXAMPLE.vault.azure.net/keys/one/1'}}}}"
                ],
                PASS,
            ),
            (
                "{}",
                [
                    "- {type: Microsoft.ContainerRegistry/registries, name: acr, properties: {encryption: "
                    "{keyVaultProperties: {keyIdentifier: 'https://example.managedhsm.azure.net/keys/one/1'}}}}"
                ],
                FAIL,
            ),
            ("{}", ["- {type: Microsoft.Web/certificates, name: c, properties: {keyVaultId: '@example'}}"], PASS),
        ],
    )
    def test_bypass(self, properties: str, others: list[str], verdict: Verdict) -> None:
        """Trusted services pass where something of the estate needs this vault."""
        assert finding("KV-NET-004", vault(properties, *others)).verdict is verdict

    @pytest.mark.parametrize(("target", "verdict"), [("@example", PASS), (f"{GROUP}/providers/{VAULT}/other", FAIL)])
    def test_bypass_that_azure_does_not_show(self, target: str, verdict: Verdict) -> None:
        """A live vault without network rules lets trusted services pass."""
        text = vault("{networkAcls: null}", workspace(f'{{keyVault: "{target}"}}'))
        assert finding("KV-NET-004", text, live=True).verdict is verdict

    @pytest.mark.parametrize(
        ("status", "of", "verdict"),
        [("Approved", "example", PASS), ("Pending", "example", FAIL), ("Approved", "other", FAIL)],
    )
    def test_connection_apart(self, status: str, of: str, verdict: Verdict) -> None:
        """An exported group has the connections of a vault as resources of their own."""
        state = f"{{privateLinkServiceConnectionState: {{status: {status}}}}}"
        apart = f"- {{type: {VAULT}/privateEndpointConnections, name: {of}/link, properties: {state}}}"
        assert finding("KV-NET-003", vault("{}", apart), live=True).verdict is verdict

    def test_one_approved_connection_is_enough(self) -> None:
        """Others may be pending, and an endpoint may serve more groups."""
        states = ", ".join(
            f"{{properties: {{privateLinkServiceConnectionState: {{status: {status}}}}}}}"
            for status in ("Pending", "Approved")
        )
        text = vault(f"{{privateEndpointConnections: [{states}]}}")
        assert finding("KV-NET-003", text, live=True).verdict is PASS
        assert finding("KV-NET-003", vault("{}", endpoint("@example", "other, vault"))).verdict is PASS


class TestAccessAndRecovery:
    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ("{enableSoftDelete: null, softDeleteRetentionInDays: null}", PASS),
            ("{enableSoftDelete: '?', softDeleteRetentionInDays: 7}", FAIL),
            ("{enableSoftDelete: '?', softDeleteRetentionInDays: 90}", UNKNOWN),
            ("{softDeleteRetentionInDays: '90'}", FAIL),
            ("{softDeleteRetentionInDays: true}", FAIL),
        ],
    )
    def test_soft_delete(self, properties: str, verdict: Verdict) -> None:
        """A retention that is too short is a fault even while the switch is not known."""
        assert finding("KV-REC-002", vault(properties)).verdict is verdict

    def test_soft_delete_of_fewer_days(self) -> None:
        """min_days is the least that is asked for."""
        assert finding("KV-REC-002", vault("{softDeleteRetentionInDays: 30}"), min_days=30).verdict is PASS

    @pytest.mark.parametrize(
        ("version", "kept", "verdict"),
        [("2018-02-14", None, FAIL), ("2018-02-14", True, PASS), ("2019-09-01", None, PASS), (None, None, PASS)],
    )
    def test_soft_delete_by_default(self, version: str | None, kept: bool | None, verdict: Verdict) -> None:
        """In a template of an older API version soft delete is off where nothing is said."""
        template = {"type": VAULT, "name": "kv", "apiVersion": version, "properties": {"enableSoftDelete": kept}}
        assert judged("KV-REC-002", template, live=True).verdict is verdict

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{}", [], NA),
            ("{accessPolicies: []}", [], NA),
            ("{accessPolicies: '?'}", [], UNKNOWN),
            ("{accessPolicies: [{permissions: {secrets: ['?', purge]}}]}", [], FAIL),
            ("{accessPolicies: [{permissions: {secrets: ['?', get]}}]}", [], UNKNOWN),
            ("{accessPolicies: [{permissions: {secrets: get}}]}", [], FAIL),
            ("{accessPolicies: [{permissions: {keys: [ALL]}}], enableRbacAuthorization: true}", [], FAIL),
            ("{accessPolicies: [{permissions: {keys: [get]}}]}", ["add"], FAIL),
            ("{}", ["replace"], FAIL),
            ("{}", ["Remove"], NA),
            ("{accessPolicies: [{permissions: {keys: [get], secrets: [purge]}}]}", [], FAIL),
            ("{accessPolicies: [{permissions: {keys: [get]}}, {permissions: {keys: [all]}}]}", [], FAIL),
        ],
    )
    def test_access_policies(self, properties: str, others: list[str], verdict: Verdict) -> None:
        """Policies inside the vault and beside it count alike; those that are taken away do not."""
        apart = [
            f"- {{type: {VAULT}/accessPolicies, name: example/{name}, "
            "properties: {accessPolicies: [{permissions: {keys: [purge]}}]}}"
            for name in others
        ]
        assert finding("KV-IDN-002", vault(properties, *apart)).verdict is verdict

    def test_policies_apart_are_judged_once(self) -> None:
        """With their vault in the estate the vault has the finding, which shows the place in the other document."""
        child = (
            f"- {{type: {VAULT}/accessPolicies, name: example/add, "
            "properties: {accessPolicies: [{permissions: {keys: [get, purge]}}]}}"
        )
        assert finding("KV-IDN-002", f"{child}\n{vault()}").verdict is NA
        found = finding("KV-IDN-002", f"{vault()}\n{child}")
        assert [(place.id, place.path, place.found) for place in found.places] == [
            (
                f"{GROUP}/providers/Microsoft.KeyVault/vaults/example/accessPolicies/add",
                "/properties/accessPolicies/0/permissions/keys/1",
                "purge",
            )
        ]

    def test_every_open_flag_is_shown(self) -> None:
        """Flags that are listed as needed are left alone, in any letter case."""
        flags = "{enabledForDeployment: true, enabledForTemplateDeployment: true, enabledForDiskEncryption: true}"
        found = finding("KV-CFG-001", vault(flags), needed_flags=("EnabledForDiskEncryption",))
        assert found.verdict is FAIL
        assert paths(found) == ["/properties/enabledForDeployment", "/properties/enabledForTemplateDeployment"]

    @pytest.mark.parametrize(
        ("others", "verdict"),
        [
            ([setting("{workspaceId: /x, logs: [{category: auditevent, enabled: true}]}")], PASS),
            ([setting("{workspaceId: '?', logs: [{categoryGroup: audit, enabled: true}]}")], UNKNOWN),
            ([setting("{workspaceId: /x, logs: [{categoryGroup: audit, enabled: '?'}]}")], UNKNOWN),
            ([setting("{workspaceId: /x, logs: [{categoryGroup: audit, enabled: 'true'}]}")], FAIL),
            ([setting("{workspaceId: ' ', logs: [{categoryGroup: audit, enabled: true}]}")], FAIL),
            ([setting("{workspaceId: /x, logs: '?'}")], UNKNOWN),
            ([setting("{workspaceId: /x, metrics: [{category: AllMetrics, enabled: true}]}")], FAIL),
        ],
    )
    def test_audit_log(self, others: list[str], verdict: Verdict) -> None:
        """An enabled entry and a destination make a record."""
        assert finding("KV-LOG-001", vault("{}", *others)).verdict is verdict

    def test_setting_on_something_not_known(self) -> None:
        """A setting whose scope is not known may be the vault's."""
        body = {"properties": {"workspaceId": "/x", "logs": [{"categoryGroup": "audit", "enabled": True}]}}
        vault_given = Given(VAULT, "example", f"{GROUP}/providers/{VAULT}/example", {})
        unclear = Given("Microsoft.Insights/diagnosticSettings", "logs", None, body, scope=Unknown())
        assert finding_of("KV-LOG-001", vault_given, unclear).verdict is UNKNOWN

    def test_setting_on_an_output(self) -> None:
        """A setting on the output of the vault, sent to an output of a log workspace, is the vault's."""
        workspace_id = Reference("urn:pulumi:dev::p::w::central", "id")
        body = {"properties": {"workspaceId": workspace_id, "logs": [{"categoryGroup": "audit", "enabled": True}]}}
        vault_given = Given(VAULT, "example", None, {}, urn=VAULT_URN)
        logs = Given(
            "Microsoft.Insights/diagnosticSettings", "logs", None, body, urn="s", scope=Reference(VAULT_URN, "id")
        )
        assert finding_of("KV-LOG-001", vault_given, logs).verdict is PASS


class TestKeys:
    @pytest.mark.parametrize(
        ("ahead", "max_days", "verdict"),
        [(10, 0, PASS), (-1, 0, FAIL), (29, 30, PASS), (31, 30, FAIL), (4_000, 0, PASS)],
    )
    @pytest.mark.parametrize("kind", ["keys", "secrets"])
    def test_expiry(self, kind: str, ahead: int, max_days: int, verdict: Verdict) -> None:
        """The expiry is still to come, and not too far ahead."""
        moment = int(time.time()) + ahead * DAY
        text = f"- {{type: {VAULT}/{kind}, name: example/one, properties: {{attributes: {{exp: {moment}}}}}}}"
        if kind == "keys":
            assert finding("KV-KEY-001", text, max_days=max_days).verdict is verdict
        elif not max_days:
            assert finding("KV-SEC-001", text).verdict is verdict

    @pytest.mark.parametrize(
        ("value", "verdict"), [("'?'", UNKNOWN), ("null", FAIL), ("'4102444800'", FAIL), ("true", FAIL)]
    )
    def test_expiry_of_another_kind(self, value: str, verdict: Verdict) -> None:
        """Only a number of seconds is a time."""
        assert finding("KV-KEY-001", key(f"{{attributes: {{exp: {value}}}}}")).verdict is verdict

    @pytest.mark.parametrize(
        ("trigger", "expiry", "verdict"),
        [
            ("{timeAfterCreate: P12M}", "null", PASS),
            ("{timeAfterCreate: P1Y1D}", "null", FAIL),
            ("{timeAfterCreate: p52w}", "null", PASS),
            ("{timeAfterCreate: '?'}", "null", UNKNOWN),
            ("{timeAfterCreate: yearly}", "null", FAIL),
            ("{timeAfterCreate: P}", "null", FAIL),
            ("{timeAfterCreate: P0D}", "null", FAIL),
            ("{timeBeforeExpiry: P30D}", "P395D", PASS),
            ("{timeBeforeExpiry: P30D}", "null", FAIL),
            ("{timeBeforeExpiry: P30D}", "P396D", FAIL),
            ("{timeBeforeExpiry: P30D}", "'?'", UNKNOWN),
            ("{timeBeforeExpiry: '?'}", "null", FAIL),
            ("{}", "P90D", FAIL),
            ("'?'", "P90D", UNKNOWN),
        ],
    )
    def test_rotation(self, trigger: str, expiry: str, verdict: Verdict) -> None:
        """A trigger counts from the creation, or back from the expiry."""
        policy = (
            f"{{attributes: {{expiryTime: {expiry}}}, lifetimeActions: "
            f"[{{trigger: {trigger}, action: {{type: rotate}}}}]}}"
        )
        assert finding("KV-KEY-002", key(f"{{rotationPolicy: {policy}}}")).verdict is verdict

    @given(st.text())
    def test_any_duration(self, duration: str) -> None:
        """No text makes the rule raise."""
        actions = [{"trigger": {"timeBeforeExpiry": duration}, "action": {"type": "rotate"}}]
        policy = {"attributes": {"expiryTime": duration}, "lifetimeActions": actions}
        body = {"properties": {"rotationPolicy": policy}}
        found = finding_of("KV-KEY-002", Given(f"{VAULT}/keys", "one", None, body))
        assert found.verdict in (PASS, FAIL)

    @given(st.integers(min_value=1, max_value=2_000))
    def test_days_are_days(self, days: int) -> None:
        """P400D is 400 days."""
        actions = [{"trigger": {"timeAfterCreate": f"P{days}D"}, "action": {"type": "rotate"}}]
        body = {"properties": {"rotationPolicy": {"lifetimeActions": actions}}}
        found = finding_of("KV-KEY-002", Given(f"{VAULT}/keys", "one", None, body))
        assert (found.verdict is PASS) is (days <= 365)

    @pytest.mark.parametrize(
        ("kind", "identifier", "verdict"),
        [
            ("RSA", "https://EXAMPLE.vault.azure.net/keys/ONE", FAIL),
            ("RSA", "https://example.vault.azure.net/keys/one/abc", FAIL),
            ("RSA", "https://example.vault.azure.net/keys/other", NA),
            ("RSA", "https://other.vault.azure.net/keys/one", NA),
            ("RSA", "?", UNKNOWN),
            ("rsa-hsm", "?", PASS),
            ("EC-HSM", "https://example.vault.azure.net/keys/one", PASS),
            ("'?'", "https://example.vault.azure.net/keys/one", UNKNOWN),
        ],
    )
    def test_hardware(self, kind: str, identifier: str, verdict: Verdict) -> None:
        """A key is judged where something is encrypted with it."""
        user = workspace(f"{{encryption: {{keyVaultProperties: {{keyIdentifier: '{identifier}'}}}}}}")
        assert finding("KV-KEY-003", key(f"{{kty: {kind}}}", user)).verdict is verdict

    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ({"keyIdentifier": Reference(KEY_URN, "keyUriWithVersion")}, FAIL),
            ({"keyIdentifier": Reference("urn:pulumi:dev::p::k::other", "keyUriWithVersion")}, NA),
            ({"keyIdentifier": ["odd"]}, UNKNOWN),
        ],
    )
    def test_hardware_of_a_declared_key(self, properties: dict[str, Any], verdict: Verdict) -> None:
        """A key that has no name yet is known by its output."""
        user = {"properties": {"encryption": {"keyVaultProperties": properties}}}
        found = finding_of(
            "KV-KEY-003",
            Given(f"{VAULT}/keys", "one", None, {"properties": {"kty": "RSA"}}, urn=KEY_URN, parent_urn=VAULT_URN),
            Given(VAULT, "vault", None, {}, urn=VAULT_URN),
            Given("Microsoft.ContainerRegistry/registries", "acr", None, user),
        )
        assert found.verdict is verdict

    @pytest.mark.parametrize("address", ["https://VAULT.vault.azure.net", "https://vault.vault.azure.net/"])
    def test_hardware_in_any_letter_case(self, address: str) -> None:
        """Names of vaults and keys are compared without letter case, with and without an id."""
        place = {"keyvaulturi": address, "keyname": "ONE"}
        user = {"properties": {"encryption": {"keyvaultproperties": place}}}
        body = {"properties": {"kty": "RSA"}}
        found = finding_of(
            "KV-KEY-003",
            Given(f"{VAULT}/keys", "One", f"{GROUP}/providers/{VAULT}/Vault/keys/One", body),
            Given("Microsoft.Storage/storageAccounts", "st", None, user),
        )
        assert found.verdict is FAIL

    @pytest.mark.parametrize("name", ["One", "one"])
    def test_hardware_by_vault_and_name(self, name: str) -> None:
        """A storage account names the address of the vault and the key apart."""
        place = {"keyvaulturi": Reference(VAULT_URN, "properties.vaultUri"), "keyname": name.upper()}
        user = {"properties": {"encryption": {"keyvaultproperties": place}}}
        id = f"{GROUP}/providers/{VAULT}/vault"
        found = finding_of(
            "KV-KEY-003",
            Given(f"{VAULT}/keys", "one", f"{id}/keys/one", {"properties": {"kty": "RSA"}}, urn=KEY_URN),
            Given(VAULT, "vault", id, {}, urn=VAULT_URN),
            Given("Microsoft.Storage/storageAccounts", "st", None, user),
        )
        assert found.verdict is FAIL
        assert paths(found) == ["/properties/kty"]

    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ("{kty: rsa, keySize: 2047}", FAIL),
            ("{kty: RSA, keySize: '?'}", UNKNOWN),
            ("{kty: '?', keySize: 4096}", PASS),
            ("{kty: '?', keySize: 1024}", UNKNOWN),
            ("{kty: EC, keySize: 256}", NA),
        ],
    )
    def test_size(self, properties: str, verdict: Verdict) -> None:
        """Size counts for RSA alone."""
        assert finding("KV-KEY-004", key(properties)).verdict is verdict

    @pytest.mark.parametrize(("live", "verdict"), [(False, PASS), (True, FAIL)])
    def test_size_that_nobody_says(self, live: bool, verdict: Verdict) -> None:
        """A program may leave the service its 2048 bits; what Azure answers names the size."""
        assert finding("KV-KEY-004", key("{kty: RSA}"), live=live).verdict is verdict


class TestSecretValues:
    @pytest.mark.parametrize(
        ("value", "verdict"),
        [
            ("plain", FAIL),
            ("", FAIL),
            (Secret("generated"), PASS),
            (Secret(Unknown()), PASS),
            (Reference("urn:pulumi:dev::p::random:index/randomPassword:RandomPassword::p", "result"), PASS),
            (Unknown(), UNKNOWN),
            (None, FAIL),
        ],
    )
    def test_declared(self, value: object, verdict: Verdict) -> None:
        """What the program marks secret or takes from another resource is no literal."""
        body = {"properties": {"value": value}}
        found = finding_of("KV-SEC-003", Given(f"{VAULT}/secrets", "one", None, body, program=Program("token")))
        assert found.verdict is verdict

    def test_value_is_never_shown(self) -> None:
        """The finding holds the place of a literal, not the literal."""
        found = finding("KV-SEC-003", f"- {{type: {VAULT}/secrets, name: e/one, properties: {{value: hunter2}}}}")
        assert found.verdict is FAIL
        assert [(place.path, place.found) for place in found.places] == [("/properties/value", "[secret]")]
        assert "hunter2" not in repr(found)

    def test_live(self) -> None:
        """Azure does not return values, so that nothing can be said of them."""
        text = f"- {{type: {VAULT}/secrets, name: e/one, properties: {{value: hunter2}}}}"
        assert finding("KV-SEC-003", text, live=True).verdict is UNKNOWN
