"""Sign-in to managed identities from outside Azure."""

from __future__ import annotations

import re

from azkeep.policy import Document, Maps, Severity, Truth, rule, when

CREDENTIAL = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
GITHUB = "https://token.actions.githubusercontent.com"
_SUBJECT = re.compile(
    r"repo:(?P<owner>[^/:*?]+)/[^/:*?]+:(environment:[^:*?]+|ref:refs/(heads|tags)/[^:*?]+)", re.IGNORECASE
)


@rule(
    "ID-FIC-001",
    "Federated sign-in comes from agreed issuers",
    severity=Severity.HIGH,
    on=CREDENTIAL,
    paths=("properties.issuer",),
    fix="Remove the credential or list the issuer.",
    maps=Maps(
        azure_policy={
            "2571b7c3-3056-4a61-b00a-9bc5232234f5": "[Preview]: [Preview]: Managed Identity Federated Credentials"
            " should be from allowed issuer types",
            "ae62c456-33de-4dc8-b100-7ce9028a7d99": "[Preview]: [Preview]: Managed Identity Federated Credentials from"
            " Azure Kubernetes should be from trusted sources",
        },
        mcsb=("IM-3",),
    ),
)
def federated_sign_in_comes_from_agreed_issuers(
    credential: Document, *, allowed_issuers: tuple[str, ...] = (GITHUB,)
) -> Truth:
    """Federated sign-in comes from agreed issuers.

    Checks: The issuer is an entry of allowed_issuers, or lies below one. An empty list admits any issuer.
    Why: A foreign issuer could mint tokens for the identity.
    Bad:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: deployer/pipeline
          properties: {issuer: "https://token.actions.githubusercontent.com.example.net"}
    Good:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: deployer/pipeline
          properties: {issuer: "https://token.actions.githubusercontent.com"}
    Good:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: deployer/pipeline
          properties: {issuer: "https://token.actions.githubusercontent.com/contoso"}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Managed Identity/FIC_LimitToWellknownIssuers.json
    """
    issuer = credential["properties.issuer"]
    if not allowed_issuers:
        return issuer.has_text()
    return issuer.satisfies(lambda text: any(_is_below(text, allowed) for allowed in allowed_issuers))


@rule(
    "ID-FIC-002",
    "Pipeline sign-in is tied to one repository and environment",
    severity=Severity.HIGH,
    on=CREDENTIAL,
    paths=("properties.subject",),
    fix="Use repo:OWNER/NAME:environment:ENV.",
    maps=Maps(
        azure_policy={
            "fd1a8e20-2c4f-4a6c-9354-b58d786d9a1f": "[Preview]: [Preview]: Managed Identity Federated Credentials from"
            " GitHub should be from trusted repository owners"
        },
        mcsb=("IM-3",),
        checkov=("CKV_AZURE_249",),
    ),
)
def pipeline_sign_in_is_tied_to_one_repository_and_environment(
    credential: Document, *, allowed_owners: tuple[str, ...] = ()
) -> Truth:
    """Pipeline sign-in is tied to one repository and environment.

    Checks: For the GitHub issuer: subject starts with repo: and an owner in allowed_owners (an empty list admits any
        owner), names a repository, and ends with an environment, branch or tag; no wildcard; pull_request fails.
        Other issuers: not applicable.
    Why: A loose subject lets any fork deploy.
    Bad:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: deployer/pipeline
          properties:
            issuer: https://token.actions.githubusercontent.com
            subject: repo:contoso/estate:pull_request
    Bad:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: deployer/pipeline
          properties:
            issuer: https://token.actions.githubusercontent.com
            subject: repo:contoso/estate:ref:refs/heads/*
    Bad:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: deployer/pipeline
          properties:
            issuer: https://token.actions.githubusercontent.com
            subject: repo:fabrikam/estate:environment:production
        - parameters: {allowed_owners: [contoso]}
    Good:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: deployer/pipeline
          properties:
            issuer: https://token.actions.githubusercontent.com
            subject: repo:contoso/estate:environment:production
    Good:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: deployer/pipeline
          properties:
            issuer: https://token.actions.githubusercontent.com
            subject: repo:Contoso@4711/estate@815:ref:refs/heads/main
        - parameters: {allowed_owners: [contoso]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Managed Identity/FIC_LimitToGitHubIssuer.json;
        bridgecrewio/checkov checkov/terraform/checks/resource/azure/GithubActionsOIDCTrustPolicy.py
    """
    is_github = credential["properties.issuer"].satisfies(lambda text: _is_below(text, GITHUB))
    owners = {owner.casefold() for owner in allowed_owners}
    return when(is_github, credential["properties.subject"].satisfies(lambda text: _is_tied(text, owners)))


def _is_below(issuer: str, allowed: str) -> bool:
    given, prefix = issuer.strip().rstrip("/").casefold(), allowed.strip().rstrip("/").casefold()
    return given == prefix or given.startswith(f"{prefix}/")


def _is_tied(subject: str, owners: set[str]) -> bool:
    """GitHub may append the numbers of owner and repository to their names: `repo:contoso@4711/estate@815:…`."""
    found = _SUBJECT.fullmatch(subject.strip())
    return found is not None and (not owners or found["owner"].partition("@")[0].casefold() in owners)
