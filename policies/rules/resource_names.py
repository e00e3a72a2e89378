"""Names of resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from azkeep.policy import ANY, NOT_APPLICABLE, Document, Maps, Severity, Truth, deferred, fact, rule
from azkeep.policy.document import parsed
from azkeep.policy.truth import Evidence
from azkeep.types import by_arm_type
from azkeep.types.resource_type import NameRule

from ._names import is_open

MORE_NAMES: Mapping[str, str] = {
    "microsoft.containerservice/managedclusters": r"[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?",
    "microsoft.sql/servers": r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
}
"""Patterns of types that azkeep itself does not know. Source: Azure, "Naming rules and restrictions"."""
SUFFIX = "0" * 8
"""As long as what azure-native appends to the name of a resource that is given none."""


@rule(
    "GOV-NAM-001",
    "Names satisfy the platform limits",
    severity=Severity.LOW,
    on=ANY,
    paths=("name",),
    fix="Shorten or clean the name.",
    maps=Maps(
        checkov=("CKV_AZURE_43",),
        psrule=(
            "Azure.KeyVault.Name",
            "Azure.ACR.Name",
            "Azure.Storage.Name",
            "Azure.VNET.Name",
            "Azure.NSG.Name",
            "Azure.PrivateEndpoint.Name",
            "Azure.Identity.UserAssignedName",
            "Azure.AppInsights.Name",
            "Azure.Log.Name",
            "Azure.AKS.Name",
            "Azure.SQL.ServerName",
        ),
    ),
)
def names_satisfy_the_platform_limits(resource: Document, *, name_rules: Mapping[str, str] = MORE_NAMES) -> Truth:
    """Names satisfy the platform limits.

    Checks: The name matches the pattern of its type in name_rules (type to regular expression), or else length and
        pattern that the service demands (for example storage account 3 to 24 lower-case letters and digits; registry 5
        to 50 letters and digits; vault 3 to 24, starts with a letter, no double hyphen). For a resource that is given
        no name, it is the one azure-native makes of its name in the program. Types without a rule: not applicable.
    Why: Bad names fail late, during apply.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: Example-Store
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: vault--of-the-estate
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: examplestore
        - type: Microsoft.KeyVault/vaults
          name: vault-of-the-estate
    Source: bridgecrewio/checkov checkov/arm/checks/resource/StorageAccountName.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.KeyVault.Name.md
    """
    known, pattern = by_arm_type(resource.type), _chosen(name_rules, resource.type)
    if known is None and pattern is None:
        return NOT_APPLICABLE
    name = _name_of(resource)
    if name is None:
        return deferred("the name is not known yet")
    if pattern is not None:
        return _named(resource, name, re.fullmatch(pattern, name) is not None)
    return _named(resource, name, known is None or _fits(known.name, name))


def _fits(rule_: NameRule, name: str) -> bool:
    return rule_.minimum <= len(name) <= rule_.maximum and re.search(rule_.pattern, name) is not None


def _named(resource: Document, name: str, fits: bool) -> Truth:
    return fact(fits, Evidence(resource, "/name", name))


def _chosen(patterns: Mapping[str, str], type_: str) -> str | None:
    return next((pattern for each, pattern in patterns.items() if each.casefold() == type_.casefold()), None)


def _name_of(resource: Document) -> str | None:
    """The name in Azure, or one as azure-native makes them; None where it is not known yet."""
    if resource.id is None and resource.program is not None:
        return _given_name(resource)
    own = parsed(resource.id)
    return own.name if own else None if is_open(resource) else resource.name


def _given_name(resource: Document) -> str | None:
    known = by_arm_type(resource.type)
    if known is None or known.name_input is None or resource.program is None:
        return None
    given = resource.program.inputs.get(known.name_input)
    if given is not None:
        return given if isinstance(given, str) else None
    return {"random": resource.name + SUFFIX, "copy": resource.name, "uuid": str(UUID(int=0))}.get(known.autoname)


@rule(
    "GOV-NAM-002",
    "Names follow the estate convention",
    severity=Severity.LOW,
    on=ANY,
    paths=("name",),
    fix="Rename by convention.",
    maps=Maps(
        psrule=(
            "Azure.Group.Naming",
            "Azure.ACR.Naming",
            "Azure.Storage.Naming",
            "Azure.VNET.Naming",
            "Azure.NSG.Naming",
            "Azure.AppInsights.Naming",
            "Azure.Log.Naming",
            "Azure.AKS.Naming",
        )
    ),
)
def names_follow_the_estate_convention(resource: Document, *, naming_convention: Mapping[str, str] = {}) -> Truth:
    """Names follow the estate convention.

    Checks: Matches the pattern that naming_convention gives for the type (type to regular expression). Other types: not
        applicable.
    Why: A common shape makes owners and environments visible.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: secrets
        - parameters: {naming_convention: {Microsoft.KeyVault/vaults: "[a-z]+-(dev|test|prod)-kv"}}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: estate-prod-kv
        - parameters: {naming_convention: {Microsoft.KeyVault/vaults: "[a-z]+-(dev|test|prod)-kv"}}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.Group.Naming.md
    """
    pattern = _chosen(naming_convention, resource.type)
    if pattern is None:
        return NOT_APPLICABLE
    name = _name_of(resource)
    if name is None:
        return deferred("the name is not known yet")
    return _named(resource, name, re.fullmatch(pattern, name) is not None)
