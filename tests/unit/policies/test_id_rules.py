"""Role assignments and custom roles where their rules branch."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.policies.cases import finding_of, judged, paths, rule_of

from azkeep.model.finding import Finding, Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.document import Program
from azkeep.policy.estate import Estate, Given
from azkeep.policy.evaluate import judge

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/example"
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
DEFINITION = "Microsoft.Authorization/roleDefinitions"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
COMPUTE = f"{WORKSPACE}/computes"
STORAGE = "Microsoft.Storage/storageAccounts"

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
SCIENTIST = "f6c7c914-8db3-469d-8ca1-694a8f32e121"
VAULT_ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"
PRINCIPAL = "5f1c8a40-0000-4000-8000-0000000000aa"
URN = "urn:pulumi:dev::p::azure-native:x:Y::"


def role(guid: str) -> str:
    return f"/providers/Microsoft.Authorization/roleDefinitions/{guid}"


def assignment(
    guid: Any, scope: str = GROUP, number: int = 1, principal: Any = PRINCIPAL, **properties: Any
) -> dict[str, Any]:
    """A role assignment; `guid` is a role's, or a whole value for roleDefinitionId."""
    definition = role(guid) if isinstance(guid, str) and len(guid) == 36 else guid
    return {
        "type": ASSIGNMENT,
        "name": f"5f1c8a40-0000-4000-8000-{number:012}",
        "scope": scope,
        "properties": {"roleDefinitionId": definition, "principalId": principal, **properties},
    }


def identity(principal: Any = PRINCIPAL, name: str = "identity") -> dict[str, Any]:
    return {"type": IDENTITY, "name": name, "properties": {"principalId": principal}}


def declared(guid: str, scope: Any, principal: Any, **properties: Any) -> Given:
    """A role assignment of a program, whose name and therefore id are not known yet."""
    body = {"properties": {"roleDefinitionId": role(guid), "principalId": principal, **properties}}
    return Given(ASSIGNMENT, "grant", None, body, f"{URN}grant", scope=scope, program=Program("token"))


def of_program(type_: str, name: str, body: dict[str, Any] | None = None) -> Given:
    """A resource of a program whose id is not known yet."""
    return Given(type_, name, None, body or {}, f"{URN}{name}", program=Program("token"))


class TestOwnerOfTheEstate:
    @pytest.mark.parametrize(
        ("guid", "others", "verdict"),
        [
            (OWNER, [identity()], FAIL),
            (OWNER, [identity(PRINCIPAL.upper())], FAIL),
            (OWNER, [identity("5f1c8a40-0000-4000-8000-0000000000bb")], NA),
            (OWNER, [identity("?")], UNKNOWN),
            (OWNER, [], NA),
            (READER, [identity()], PASS),
            (READER, [identity("?")], PASS),
            ("?", [identity()], UNKNOWN),
            ("no role", [identity()], FAIL),
            (None, [identity()], FAIL),
            (OWNER, [{"type": WORKSPACE, "name": "w", "identity": {"principalId": PRINCIPAL}}], FAIL),
            (
                OWNER,
                [{"type": COMPUTE, "name": "w/c", "identity": {"userAssignedIdentities": {
                    f"{GROUP}/providers/{IDENTITY}/elsewhere": {"principalId": PRINCIPAL}}}}],
                FAIL,
            ),
        ],
    )  # fmt: skip
    def test_of_live_documents(self, guid: Any, others: list[dict[str, Any]], verdict: Verdict) -> None:
        """The principal is compared with every identity that a document is or has."""
        assert judged("ID-RBAC-001", assignment(guid), *others, live=True).verdict is verdict

    @pytest.mark.parametrize(
        ("principal", "verdict"),
        [
            (Reference(f"{URN}identity", "principalId"), FAIL),
            (Reference(f"{URN}identity", ""), FAIL),
            (Reference(f"{URN}elsewhere", "principalId"), UNKNOWN),
            (Unknown(), UNKNOWN),
            (PRINCIPAL, NA),
        ],
    )
    def test_of_a_program(self, principal: Any, verdict: Verdict) -> None:
        """An output of a declared resource is an identity of the estate; what is not known may be one."""
        found = finding_of("ID-RBAC-001", declared(OWNER, GROUP, principal), of_program(IDENTITY, "identity"))
        assert found.verdict is verdict

    def test_letter_case_of_principals(self) -> None:
        """Object ids are compared without letter case on either side."""
        document = assignment(OWNER, principal=PRINCIPAL.upper())
        assert judged("ID-RBAC-001", document, identity(), live=True).verdict is FAIL

    @pytest.mark.parametrize("guid", [OWNER, "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"])
    def test_both_roles(self, guid: str) -> None:
        """Who administers access can make itself Owner."""
        assert judged("ID-RBAC-001", assignment(guid), identity(), live=True).verdict is FAIL

    def test_shows_the_role(self) -> None:
        """The finding names the place of the role."""
        assert paths(judged("ID-RBAC-001", assignment(OWNER), identity(), live=True)) == [
            "/properties/roleDefinitionId"
        ]


class TestWideScopes:
    @pytest.mark.parametrize(
        ("guid", "scope", "verdict"),
        [
            (CONTRIBUTOR, SUBSCRIPTION, FAIL),
            (CONTRIBUTOR, SUBSCRIPTION.upper(), FAIL),
            (OWNER, "/providers/Microsoft.Management/managementGroups/root", FAIL),
            (CONTRIBUTOR, GROUP, PASS),
            (CONTRIBUTOR, f"{GROUP}/providers/{STORAGE}/one", PASS),
            (READER, SUBSCRIPTION, PASS),
            ("?", SUBSCRIPTION, UNKNOWN),
            ("?", GROUP, PASS),
            (None, SUBSCRIPTION, FAIL),
        ],
    )
    def test_role_and_scope_together(self, guid: Any, scope: str, verdict: Verdict) -> None:
        """Only a wide role in a wide place fails, whoever gets it."""
        found = judged("ID-RBAC-002", assignment(guid, scope, principal="?"))
        assert found.verdict is verdict

    def test_root(self) -> None:
        """An assignment at the root has no scope in its id."""
        document = {
            "id": f"/providers/{ASSIGNMENT}/5f1c8a40-0000-4000-8000-000000000001",
            "properties": {"scope": "/", "roleDefinitionId": role(OWNER)},
        }
        estate = Estate.of_documents([document])
        assert judge(rule_of("ID-RBAC-002"), estate.documents[0]).verdict is FAIL

    @pytest.mark.parametrize(
        ("scope", "verdict"),
        [
            (Reference(f"{URN}group", "id"), PASS),
            (Reference(f"{URN}elsewhere", "id"), UNKNOWN),
            (Unknown(), UNKNOWN),
            (SUBSCRIPTION, FAIL),
        ],
    )
    def test_scope_of_a_program(self, scope: Any, verdict: Verdict) -> None:
        """A reference to a declared resource is no wide scope; one that is not known may be."""
        group = of_program("Microsoft.Resources/resourceGroups", "group")
        assert finding_of("ID-RBAC-002", declared(CONTRIBUTOR, scope, PRINCIPAL), group).verdict is verdict

    @pytest.mark.parametrize(
        ("principal", "verdict"), [(PRINCIPAL.upper(), PASS), ("someone", FAIL), ("?", UNKNOWN), (None, FAIL)]
    )
    def test_platform_principals(self, principal: Any, verdict: Verdict) -> None:
        """Those named by the parameter are let through."""
        document = assignment(OWNER, SUBSCRIPTION, principal=principal)
        assert judged("ID-RBAC-002", document, platform_principals=(PRINCIPAL,)).verdict is verdict

    def test_custom_role_of_the_program(self) -> None:
        """A role that the program defines is none of the built-in ones."""
        given = Given(
            ASSIGNMENT,
            "grant",
            None,
            {"properties": {"roleDefinitionId": Reference(f"{URN}role", "id")}},
            f"{URN}grant",
            scope=SUBSCRIPTION,
        )
        assert finding_of("ID-RBAC-002", given, of_program(DEFINITION, "role")).verdict is PASS


class TestOwnersOfTheSubscription:
    def judged(self, *assignments: dict[str, Any], live: bool = True) -> Finding:
        subscription = {"type": "Microsoft.Resources/subscriptions", "name": "sub"}
        return judged("ID-RBAC-003", subscription, *assignments, live=live)

    def owners(self, number: int) -> list[dict[str, Any]]:
        return [assignment(OWNER, SUBSCRIPTION, each) for each in range(number)]

    def test_three(self) -> None:
        """Three owners are allowed, other roles and owners of groups do not count."""
        others = [assignment(READER, SUBSCRIPTION, 11), assignment(OWNER, GROUP, 12)]
        assert self.judged(*self.owners(3), *others).verdict is PASS

    def test_four(self) -> None:
        """A fourth fails, and all are shown."""
        found = self.judged(*self.owners(4))
        assert found.verdict is FAIL
        assert len(found.places) == 4

    def test_fourth_not_known(self) -> None:
        """A role that is not known may be the fourth; with two others it cannot matter."""
        open_ = assignment("?", SUBSCRIPTION, 11)
        assert self.judged(*self.owners(3), open_).verdict is UNKNOWN
        assert self.judged(*self.owners(2), open_).verdict is PASS

    def test_declared(self) -> None:
        """A program alone cannot pass, but it can fail."""
        assert self.judged(*self.owners(1), live=False).verdict is UNKNOWN
        assert self.judged(*self.owners(4), live=False).verdict is FAIL


class TestPersons:
    @pytest.mark.parametrize(
        ("kind", "verdict"),
        [
            ("group", PASS),
            ("ServicePrincipal", PASS),
            ("User", FAIL),
            ("ForeignGroup", FAIL),
            ("?", UNKNOWN),
            (None, FAIL),
            (["Group"], FAIL),
        ],
    )
    def test_kind_of_principal(self, kind: Any, verdict: Verdict) -> None:
        """Groups and service principals pass."""
        assert judged("ID-RBAC-004", assignment(READER, principalType=kind)).verdict is verdict

    def test_identity_without_a_kind(self) -> None:
        """A managed identity of the estate is a service principal whether it is said or not."""
        reference = Reference(f"{URN}identity", "principalId")
        found = finding_of("ID-RBAC-004", declared(READER, GROUP, reference), of_program(IDENTITY, "identity"))
        assert found.verdict is PASS

    @pytest.mark.parametrize(
        ("kind", "verdict"), [("User", PASS), (" ", FAIL), (None, FAIL), (5, FAIL), ("?", UNKNOWN)]
    )
    def test_kind_is_said(self, kind: Any, verdict: Verdict) -> None:
        """Any kind will do, blanks do not."""
        assert judged("ID-RBAC-005", assignment(READER, principalType=kind)).verdict is verdict

    @pytest.mark.parametrize(
        ("guid", "kind", "live", "verdict"),
        [
            (OWNER, "User", True, FAIL),
            (OWNER, "User", False, FAIL),
            (OWNER, "Group", True, PASS),
            (OWNER, "Group", False, PASS),
            (CONTRIBUTOR, "User", True, PASS),
            (OWNER, None, True, FAIL),
            (OWNER, "?", True, UNKNOWN),
            ("?", "Group", True, PASS),
            ("?", "User", True, UNKNOWN),
        ],
    )
    def test_standing_privilege(self, guid: Any, kind: Any, live: bool, verdict: Verdict) -> None:
        """Only a privileged role of a person fails; an unknown that cannot decide does not matter."""
        assert judged("ID-RBAC-008", assignment(guid, principalType=kind), live=live).verdict is verdict

    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ({"assignmentType": "Activated"}, PASS),
            ({"assignmentType": "Assigned"}, FAIL),
            ({"assignmentType": "Assigned", "endDateTime": "2026-12-01T00:00:00Z"}, PASS),
            ({"assignmentType": "?"}, UNKNOWN),
        ],
    )
    def test_activation(self, properties: dict[str, Any], verdict: Verdict) -> None:
        """An activation, or an end, excuses it."""
        own = assignment(OWNER, principalType="User")
        instance = {
            "type": "Microsoft.Authorization/roleAssignmentScheduleInstances",
            "name": "one",
            "properties": {"originRoleAssignmentId": f"@{own['name']}", **properties},
        }
        assert judged("ID-RBAC-008", own, instance, live=True).verdict is verdict


class TestRolesOnTheWorkspace:
    @pytest.mark.parametrize(
        ("guid", "scope", "verdict"),
        [
            (CONTRIBUTOR, "@ws", FAIL),
            (OWNER, "@ws", FAIL),
            (SCIENTIST, "@ws", PASS),
            (BLOB_CONTRIBUTOR, "@ws", FAIL),
            (CONTRIBUTOR, GROUP, NA),
            (CONTRIBUTOR, f"{GROUP}/providers/{WORKSPACE}/of-others", FAIL),
            ("?", "@ws", UNKNOWN),
        ],
    )
    def test_by_scope(self, guid: Any, scope: str, verdict: Verdict) -> None:
        """Only workspaces count, in the estate or not."""
        document = assignment(guid, scope, principalType="Group")
        assert judged("ID-RBAC-007", document, {"type": WORKSPACE, "name": "ws"}).verdict is verdict

    def test_identity_of_the_estate(self) -> None:
        """What the workspace's own identity may do is another rule's matter."""
        document = assignment(CONTRIBUTOR, "@ws")
        others = ({"type": WORKSPACE, "name": "ws"}, identity())
        assert judged("ID-RBAC-007", document, *others, live=True).verdict is NA

    @pytest.mark.parametrize("allowed", ["contributor", CONTRIBUTOR, CONTRIBUTOR.upper()])
    def test_roles_by_name_and_id(self, allowed: str) -> None:
        """The parameter takes names of built-in roles and ids."""
        document = assignment(CONTRIBUTOR, f"{GROUP}/providers/{WORKSPACE}/ws")
        assert judged("ID-RBAC-007", document, allowed_workspace_roles=(allowed,)).verdict is PASS


class TestRolesOfTheWorkspaceIdentity:
    def judged(self, *assignments: dict[str, Any], live: bool = True, **others: Any) -> Finding:
        properties = {"primaryUserAssignedIdentity": "@identity", "storageAccount": "@storage", **others}
        return judged(
            "ID-RBAC-006",
            {"type": WORKSPACE, "name": "ws", "properties": properties},
            identity(),
            {"type": STORAGE, "name": "storage"},
            {"type": "Microsoft.KeyVault/vaults", "name": "vault", "properties": {"enableRbacAuthorization": False}},
            *assignments,
            live=live,
        )

    def storage(self, *guids: str) -> list[dict[str, Any]]:
        return [assignment(guid, "@storage", number) for number, guid in enumerate(guids)]

    def test_exactly_what_it_needs(self) -> None:
        """The two roles on the storage are all."""
        assert self.judged(*self.storage(CONTRIBUTOR, BLOB_CONTRIBUTOR)).verdict is PASS

    def test_one_lacking(self) -> None:
        """A missing role is shown where the workspace names the companion."""
        found = self.judged(*self.storage(CONTRIBUTOR))
        assert found.verdict is FAIL
        assert paths(found) == ["/properties/storageAccount"]
        assert "Storage Blob Data Contributor" in found.message

    def test_one_too_many(self) -> None:
        """A further role is shown at the assignment."""
        found = self.judged(*self.storage(CONTRIBUTOR, BLOB_CONTRIBUTOR, OWNER))
        assert found.verdict is FAIL
        assert [place.found for place in found.places if place.path == "/properties/roleDefinitionId"] == [role(OWNER)]

    def test_given_on_the_group(self) -> None:
        """A role on the group covers the storage, and is broader than needed."""
        found = self.judged(*self.storage(BLOB_CONTRIBUTOR), assignment(CONTRIBUTOR, GROUP, 11))
        assert found.verdict is FAIL
        assert "more than it needs" in found.message

    def test_of_another_principal(self) -> None:
        """Roles of others are neither here nor there."""
        other = assignment(OWNER, "@storage", 11, principal="5f1c8a40-0000-4000-8000-0000000000bb")
        assert self.judged(*self.storage(CONTRIBUTOR, BLOB_CONTRIBUTOR), other).verdict is PASS

    def test_principal_not_known(self) -> None:
        """One that may be the workspace's decides nothing; without it all the roles are still needed."""
        other = assignment(OWNER, "@storage", 11, principal="?")
        assert self.judged(*self.storage(CONTRIBUTOR, BLOB_CONTRIBUTOR), other).verdict is UNKNOWN

    def test_accepted_ones(self) -> None:
        """Reading private endpoints, approving connections and rights on the workspace itself are accepted."""
        extra = [
            assignment(READER, f"{GROUP}/providers/Microsoft.Network/privateEndpoints/blob", 11),
            assignment("b556d68e-0be0-4f35-a333-ad7ee1ce17ea", "@storage", 12),
            assignment(CONTRIBUTOR, "@ws", 13),
        ]
        assert self.judged(*self.storage(CONTRIBUTOR, BLOB_CONTRIBUTOR), *extra).verdict is PASS
        wide = assignment("b556d68e-0be0-4f35-a333-ad7ee1ce17ea", GROUP, 15)
        assert self.judged(*self.storage(CONTRIBUTOR, BLOB_CONTRIBUTOR), wide).verdict is FAIL
        assert self.judged(*self.storage(CONTRIBUTOR, BLOB_CONTRIBUTOR), assignment(READER, GROUP, 14)).verdict is FAIL

    def test_vault_with_access_policies(self) -> None:
        """The data role means nothing there, so it is neither wanted nor refused."""
        roles = [*self.storage(CONTRIBUTOR, BLOB_CONTRIBUTOR), assignment(CONTRIBUTOR, "@vault", 11)]
        administrator = assignment(VAULT_ADMINISTRATOR, "@vault", 12)
        assert self.judged(*roles, keyVault="@vault").verdict is PASS
        assert self.judged(*roles, administrator, keyVault="@vault").verdict is PASS

    def test_no_identity_of_its_own(self) -> None:
        """A workspace with the identity that Azure makes is not concerned; one from elsewhere cannot be judged."""
        assert judged("ID-RBAC-006", {"type": WORKSPACE, "name": "ws"}).verdict is NA
        foreign = {"primaryUserAssignedIdentity": f"{GROUP}/providers/{IDENTITY}/elsewhere"}
        assert judged("ID-RBAC-006", {"type": WORKSPACE, "name": "ws", "properties": foreign}).verdict is UNKNOWN

    def test_of_a_program(self) -> None:
        """References stand for ids and principals that are not known yet."""
        principal = Reference(f"{URN}identity", "principalId")
        workspace = of_program(
            WORKSPACE,
            "ws",
            {
                "properties": {
                    "primaryUserAssignedIdentity": Reference(f"{URN}identity", "id"),
                    "storageAccount": Reference(f"{URN}storage", "id"),
                }
            },
        )
        needed = [
            declared(CONTRIBUTOR, Reference(f"{URN}storage", "id"), principal),
            declared(BLOB_CONTRIBUTOR, Reference(f"{URN}storage", "id"), principal),
        ]
        others = [of_program(IDENTITY, "identity"), of_program(STORAGE, "storage")]
        assert finding_of("ID-RBAC-006", workspace, *others, *needed).verdict is PASS
        assert finding_of("ID-RBAC-006", workspace, *others, needed[0]).verdict is FAIL


class TestCustomRoles:
    @pytest.mark.parametrize(
        ("action", "verdict"),
        [
            ("*", FAIL),
            (" * ", FAIL),
            ("Microsoft.KeyVault/*", FAIL),
            ("microsoft.keyvault/vaults/*", FAIL),
            ("Microsoft.Authorization/roleAssignments/*", FAIL),
            ("*/*", FAIL),
            ("Microsoft.*/*", FAIL),
            ("Microsoft.KeyVault/vaults/*/read", PASS),
            ("*/read", PASS),
            ("Microsoft.Storage/*", PASS),
            ("?", UNKNOWN),
            (5, FAIL),
        ],
    )
    def test_actions(self, action: Any, verdict: Verdict) -> None:
        """A bare wildcard fails, and one at the end for sensitive providers."""
        permissions = [{"actions": ["Microsoft.Storage/storageAccounts/read"]}, {"actions": [action]}]
        document = {"type": DEFINITION, "name": "r", "properties": {"permissions": permissions}}
        found = judged("ID-ROLE-001", document)
        assert found.verdict is verdict
        assert verdict is not FAIL or paths(found) == ["/properties/permissions/1/actions/0"]

    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ({}, FAIL),
            ({"permissions": [{"dataActions": ["*"]}]}, PASS),
            ({"permissions": [{"actions": None}]}, PASS),
            ({"permissions": "?"}, UNKNOWN),
            ({"type": "BuiltInRole", "permissions": [{"actions": ["*"]}]}, NA),
            ({"type": "CustomRole", "permissions": [{"actions": ["*"]}]}, FAIL),
        ],
    )
    def test_definition(self, properties: dict[str, Any], verdict: Verdict) -> None:
        """Only actions of custom roles count, and a role without permissions says nothing of itself."""
        assert judged("ID-ROLE-001", {"type": DEFINITION, "name": "r", "properties": properties}).verdict is verdict
