"""Tags, regions, locks, names and types where their rules branch."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.policies.cases import finding_of, judged, paths

from azkeep.model.finding import Finding, Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.document import Program
from azkeep.policy.estate import Given

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE

SUBSCRIPTION_ID = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP_ID = f"{SUBSCRIPTION_ID}/resourceGroups/example"
SUBSCRIPTION = "Microsoft.Resources/subscriptions"
GROUP = "Microsoft.Resources/resourceGroups"
VAULT = "Microsoft.KeyVault/vaults"
STORAGE = "Microsoft.Storage/storageAccounts"
SUBNET = "Microsoft.Network/virtualNetworks/subnets"
LOCK = "Microsoft.Authorization/locks"
TAGS = {"owner": "o", "environment": "dev", "costCenter": "1", "dataClass": "internal"}
URN = "urn:pulumi:dev::p::azure-native:x:Y::"


def vault(**body: Any) -> dict[str, Any]:
    return {"type": VAULT, "name": "vault", **body}


def group(**body: Any) -> dict[str, Any]:
    return {"type": GROUP, "name": "example", **body}


def of_program(type_: str, name: str, body: dict[str, Any] | None = None, **inputs: Any) -> Given:
    """A resource of a program whose id is not known yet."""
    return Given(type_, name, None, body or {}, f"{URN}{name}", program=Program("token", inputs=inputs))


IN_GROUP = {"resourceGroupName": Reference(f"{URN}group", "name")}


class TestTags:
    @pytest.mark.parametrize(
        ("tags", "verdict", "at"),
        [
            (TAGS, PASS, []),
            ({key.upper(): value for key, value in TAGS.items()}, PASS, []),
            ({**TAGS, "environment": "Production"}, PASS, []),
            ({**TAGS, "environment": "prod"}, FAIL, ["/tags/environment"]),
            ({**TAGS, "owner": None, "costCenter": " "}, FAIL, ["/tags/owner", "/tags/costCenter"]),
            ({**TAGS, "owner": "?"}, UNKNOWN, ["/tags/owner"]),
            ({**TAGS, "owner": "?", "dataClass": ""}, FAIL, ["/tags/dataClass"]),
            (None, FAIL, ["/tags/owner", "/tags/environment", "/tags/costCenter", "/tags/dataClass"]),
            ("?", UNKNOWN, ["/tags/owner", "/tags/environment", "/tags/costCenter", "/tags/dataClass"]),
        ],
    )
    @pytest.mark.parametrize("rule", ["GOV-TAG-001", "GOV-TAG-002"])
    def test_tags(self, rule: str, tags: Any, verdict: Verdict, at: list[str]) -> None:
        """Every tag that is lacking is shown; an unknown one hides no fault."""
        found = judged(rule, vault(tags=tags) if rule == "GOV-TAG-001" else group(tags=tags))
        assert found.verdict is verdict
        assert paths(found) == at

    @pytest.mark.parametrize(
        "document",
        [
            {"type": SUBNET, "name": "v/s"},
            {"type": LOCK, "name": "l"},
            {"type": f"{VAULT}/privateEndpointConnections", "name": "v/c"},
            {"type": f"{VAULT}/secrets", "name": "v/s"},
            group(),
            {"type": SUBSCRIPTION, "name": "s"},
            {"type": "Microsoft.Example/things/parts", "name": "t/p", "location": "westeurope"},
        ],
    )
    def test_what_has_none(self, document: dict[str, Any]) -> None:
        """Parts of others, extensions, groups and subscriptions are not concerned."""
        assert judged("GOV-TAG-001", document).verdict is NA

    def test_what_a_service_makes(self) -> None:
        """The interface of a private endpoint is nobody's to tag, any other is."""
        endpoint = {"id": f"{GROUP_ID}/providers/Microsoft.Network/privateEndpoints/one"}
        interface = {"type": "Microsoft.Network/networkInterfaces", "name": "one", "location": "westeurope"}
        made = {**interface, "properties": {"privateEndpoint": endpoint}}
        assert judged("GOV-TAG-001", made, live=True).verdict is NA
        assert judged("GOV-TAG-001", interface, live=True).verdict is FAIL

    def test_types_that_azkeep_does_not_know(self) -> None:
        """They have tags when they have a region."""
        assert judged("GOV-TAG-001", {"type": "Microsoft.Example/things", "name": "t", "location": "x"}).verdict is FAIL
        assert judged("GOV-TAG-001", {"type": "Microsoft.Example/things", "name": "t"}).verdict is NA

    def test_own_tags(self) -> None:
        """The parameter replaces the list."""
        assert judged("GOV-TAG-001", vault(tags={"team": "a"}), required_tags={"team": "[a-z]+"}).verdict is PASS
        assert judged("GOV-TAG-001", vault(tags={"team": "7"}), required_tags={"team": "[a-z]+"}).verdict is FAIL


class TestRegions:
    @pytest.mark.parametrize(
        ("location", "allowed", "verdict"),
        [
            ("West Europe", ("westeurope",), PASS),
            ("WESTEUROPE", ("West Europe",), PASS),
            ("eastus", ("westeurope",), FAIL),
            ("eastus", (), PASS),
            ("global", ("westeurope",), FAIL),
            ("global", ("global",), FAIL),
            ("?", ("westeurope",), UNKNOWN),
            (5, (), FAIL),
        ],
    )
    def test_regional_type(self, location: Any, allowed: tuple[str, ...], verdict: Verdict) -> None:
        """Regions are compared without blanks and letter case, and global is none."""
        assert judged("GOV-LOC-001", vault(location=location), allowed_locations=allowed).verdict is verdict

    @pytest.mark.parametrize(
        "type_", ["Microsoft.Network/privateDnsZones", "Microsoft.Insights/actionGroups", "Microsoft.Example/things"]
    )
    def test_global_type(self, type_: str) -> None:
        """Types that may be global may be so anywhere."""
        document = {"type": type_, "name": "example.net", "location": "Global"}
        assert judged("GOV-LOC-001", document, allowed_locations=("westeurope",)).verdict is PASS

    @pytest.mark.parametrize(
        ("others", "verdict"),
        [
            ([group(location="westeurope")], PASS),
            ([group(location="eastus")], FAIL),
            ([group(location="?")], UNKNOWN),
            ([], UNKNOWN),
        ],
    )
    def test_declared_without_a_location(self, others: list[dict[str, Any]], verdict: Verdict) -> None:
        """It gets the region of its group."""
        assert judged("GOV-LOC-001", vault(), *others, allowed_locations=("westeurope",)).verdict is verdict

    def test_live_without_a_location(self) -> None:
        """Azure always says it, so that nothing is wrong."""
        assert judged("GOV-LOC-001", vault(), live=True, allowed_locations=("westeurope",)).verdict is FAIL

    def test_group_of_a_program(self) -> None:
        """The group is found by reference while no id is known."""
        own = of_program(VAULT, "vault", **IN_GROUP)
        for location, verdict in (("westeurope", PASS), ("eastus", FAIL)):
            found = finding_of(
                "GOV-LOC-001",
                own,
                of_program(GROUP, "group", {"location": location}),
                allowed_locations=("westeurope",),
            )
            assert found.verdict is verdict
        assert finding_of("GOV-LOC-001", own, allowed_locations=("westeurope",)).verdict is UNKNOWN

    @pytest.mark.parametrize(
        ("location", "allowed", "verdict"),
        [
            ("West Europe", ("westeurope",), PASS),
            ("eastus", ("westeurope",), FAIL),
            ("eastus", (), PASS),
            (None, (), FAIL),
            ("?", (), UNKNOWN),
        ],
    )
    def test_groups(self, location: Any, allowed: tuple[str, ...], verdict: Verdict) -> None:
        """Groups need a region, in any case."""
        assert judged("GOV-LOC-002", group(location=location), allowed_locations=allowed).verdict is verdict

    @pytest.mark.parametrize(
        ("location", "others", "live", "verdict"),
        [
            ("westeurope", [group(location="West Europe")], True, PASS),
            ("northeurope", [group(location="westeurope")], True, FAIL),
            ("Global", [group(location="westeurope")], True, PASS),
            ("Global", [], True, PASS),
            ("westeurope", [], True, UNKNOWN),
            (None, [group(location="westeurope")], False, PASS),
            (None, [group(location="westeurope")], True, FAIL),
            ("westeurope", [group(location="?")], False, UNKNOWN),
            ("?", [group(location="westeurope")], False, UNKNOWN),
        ],
    )
    def test_region_of_the_group(
        self, location: Any, others: list[dict[str, Any]], live: bool, verdict: Verdict
    ) -> None:
        """A resource is where its group is, or global; without the group nobody can tell."""
        assert judged("GOV-LOC-003", vault(location=location), *others, live=live).verdict is verdict

    def test_types_without_a_region(self) -> None:
        """Subnets and locks have none."""
        for rule in ("GOV-LOC-001", "GOV-LOC-003"):
            assert judged(rule, {"type": SUBNET, "name": "v/s"}).verdict is NA
            assert judged(rule, {"type": LOCK, "name": "l"}).verdict is NA


class TestLocks:
    def lock(self, scope: str, level: Any = "CanNotDelete") -> dict[str, Any]:
        return {"type": LOCK, "name": "keep", "scope": scope, "properties": {"level": level}}

    def judged(self, *others: dict[str, Any], **body: Any) -> Finding:
        return judged("GOV-LCK-001", vault(**(body or {"tags": {"environment": "production"}})), *others)

    @pytest.mark.parametrize(
        ("scope", "level", "verdict"),
        [
            ("@vault", "cannotdelete", PASS),
            ("@vault", "ReadOnly", PASS),
            ("@vault", "NotSpecified", FAIL),
            ("@vault", None, FAIL),
            ("@vault", "?", UNKNOWN),
            (GROUP_ID, "CanNotDelete", PASS),
            (GROUP_ID.upper(), "CanNotDelete", PASS),
            (SUBSCRIPTION_ID, "CanNotDelete", PASS),
            (f"{SUBSCRIPTION_ID}/resourceGroups/other", "CanNotDelete", FAIL),
            (f"{GROUP_ID}/providers/{VAULT}/vault2", "CanNotDelete", FAIL),
        ],
    )
    def test_where_the_lock_is(self, scope: str, level: Any, verdict: Verdict) -> None:
        """On the store or on what encloses it, in the estate or not."""
        assert self.judged(self.lock(scope, level)).verdict is verdict

    @pytest.mark.parametrize(
        ("tags", "of_group", "verdict"),
        [
            ({"environment": "production"}, {}, FAIL),
            ({"Environment": "PROD"}, {}, FAIL),
            ({}, {"environment": "production"}, FAIL),
            ({"environment": "dev"}, {"environment": "production"}, NA),
            ({}, {}, NA),
            ({"environment": "?"}, {}, UNKNOWN),
        ],
    )
    def test_production(self, tags: dict[str, Any], of_group: dict[str, Any], verdict: Verdict) -> None:
        """The store's tag counts before its group's, and elsewhere nothing is asked."""
        for rule in ("GOV-LCK-001", "GOV-LCK-002"):
            document = vault(tags=tags, program={"protect": False})
            assert judged(rule, document, group(tags=of_group)).verdict is verdict

    def test_child_of_a_locked_server(self) -> None:
        """The lock of a server keeps its databases."""
        database = {
            "type": "Microsoft.Sql/servers/databases",
            "name": "server/data",
            "tags": {"environment": "production"},
        }
        assert judged("GOV-LCK-001", database).verdict is FAIL
        locked = self.lock(f"{GROUP_ID}/providers/Microsoft.Sql/servers/server")
        assert judged("GOV-LCK-001", database, locked).verdict is PASS

    def test_of_a_program(self) -> None:
        """A lock on a group whose id is not known yet keeps what lies in it; one on something unknown may."""
        own = of_program(VAULT, "vault", {"tags": {"environment": "production"}}, **IN_GROUP)
        around = of_program(GROUP, "group")
        for scope, verdict in (
            (Reference(f"{URN}group", "id"), PASS),
            (Reference(f"{URN}vault", "id"), PASS),
            (Unknown(), UNKNOWN),
        ):
            lock = Given(LOCK, "lock", None, {"properties": {"level": "CanNotDelete"}}, f"{URN}lock", scope=scope)
            assert finding_of("GOV-LCK-001", own, around, lock).verdict is verdict

    @pytest.mark.parametrize(
        ("program", "verdict"),
        [({"protect": True}, PASS), ({"retain_on_delete": True}, PASS), ({}, FAIL)],
    )
    def test_options(self, program: dict[str, Any], verdict: Verdict) -> None:
        """One of the two options of the program will do."""
        found = judged("GOV-LCK-002", vault(tags={"environment": "production"}, program=program))
        assert found.verdict is verdict
        assert verdict is PASS or paths(found) == ["/options/protect"]

    def test_options_live(self) -> None:
        """What is live tells no options."""
        assert judged("GOV-LCK-002", vault(tags={"environment": "production"}), live=True).verdict is UNKNOWN


class TestNames:
    @pytest.mark.parametrize(
        ("type_", "name", "verdict"),
        [
            (STORAGE, "abc", PASS),
            (STORAGE, "ab", FAIL),
            (STORAGE, "a" * 25, FAIL),
            (STORAGE, "ABC", FAIL),
            (VAULT, "a-b", PASS),
            (VAULT, "1ab", FAIL),
            (VAULT, "a--b", FAIL),
            ("Microsoft.ContainerRegistry/registries", "registry-1", FAIL),
            ("Microsoft.ContainerService/managedClusters", "cluster_1", PASS),
            ("Microsoft.ContainerService/managedClusters", "-cluster", FAIL),
            ("Microsoft.Example/things", "!", NA),
        ],
    )
    def test_limits(self, type_: str, name: str, verdict: Verdict) -> None:
        """Length and letters as the service demands."""
        found = judged("GOV-NAM-001", {"type": type_, "name": name})
        assert found.verdict is verdict
        assert verdict is not FAIL or (paths(found), found.found) == (["/name"], name)

    @pytest.mark.parametrize(
        ("name", "inputs", "verdict"),
        [
            ("vault", {}, PASS),
            ("a-vault-that-is-long", {}, FAIL),
            ("a-vault-that-is-long", {"vaultName": "short"}, PASS),
            ("vault", {"vaultName": "1"}, FAIL),
            ("vault", {"vaultName": Unknown()}, UNKNOWN),
        ],
    )
    def test_names_to_come(self, name: str, inputs: dict[str, Any], verdict: Verdict) -> None:
        """Without a name of its own, a resource gets that of the program and eight digits."""
        assert finding_of("GOV-NAM-001", of_program(VAULT, name, **inputs)).verdict is verdict

    def test_names_that_are_made_up(self) -> None:
        """The identifiers that azure-native makes fit."""
        assert finding_of("GOV-NAM-001", of_program("Microsoft.Authorization/roleAssignments", "x")).verdict is PASS

    def test_own_limits(self) -> None:
        """The parameter counts before the service's."""
        limits = {VAULT.lower(): "kv-.+"}
        assert judged("GOV-NAM-001", vault(), name_rules=limits).verdict is FAIL

    def test_convention(self) -> None:
        """Only types with a pattern are judged, by the whole name."""
        convention = {VAULT.upper(): "vau", STORAGE: "st.*"}
        assert judged("GOV-NAM-002", vault(), naming_convention=convention).verdict is FAIL
        document = {"type": STORAGE, "name": "stone"}
        assert judged("GOV-NAM-002", document, naming_convention=convention).verdict is PASS
        assert judged("GOV-NAM-002", group(), naming_convention=convention).verdict is NA
        open_ = of_program(STORAGE, "x", accountName=Unknown())
        assert finding_of("GOV-NAM-002", open_, naming_convention=convention).verdict is UNKNOWN


class TestTypes:
    @pytest.mark.parametrize(
        ("allowed", "denied", "verdict"),
        [
            ((), (), NA),
            ((VAULT.upper(),), (), PASS),
            ((STORAGE,), (), FAIL),
            (("Microsoft.KeyVault/*",), (), PASS),
            (("Microsoft.Key/*",), (), FAIL),
            ((), (VAULT,), FAIL),
            ((VAULT,), ("Microsoft.KeyVault/*",), FAIL),
            ((), (STORAGE,), PASS),
        ],
    )
    def test_lists(self, allowed: tuple[str, ...], denied: tuple[str, ...], verdict: Verdict) -> None:
        """What is denied fails even where it is allowed."""
        assert judged("GOV-TYP-001", vault(), allowed_types=allowed, denied_types=denied).verdict is verdict

    @pytest.mark.parametrize(
        ("token", "allowed", "verdict"),
        [
            ("azure-native:keyvault:Vault", (), PASS),
            ("azure-native:keyvault/v20240401:Vault", (), PASS),
            ("azure-native:keyvault/v20240401preview:Vault", (), FAIL),
            ("azure-native_keyvault_v20240401preview:keyvault:Vault", (), FAIL),
            ("azure-native:keyvault/v20240401preview:Vault", (VAULT.lower(),), PASS),
        ],
    )
    def test_versions(self, token: str, allowed: tuple[str, ...], verdict: Verdict) -> None:
        """Only a version that the program chose can be a preview."""
        found = judged("GOV-API-001", vault(program={"token": token}), preview_allowed=allowed)
        assert found.verdict is verdict
        assert verdict is PASS or found.found == "2024-04-01-preview"

    def test_versions_live(self) -> None:
        """What is live tells no version, and never will."""
        assert judged("GOV-API-001", vault(), live=True).verdict is NA
