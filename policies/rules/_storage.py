"""Storage accounts: what they offer, and who uses which of it."""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.model.value import Reference
from azkeep.policy import TRUE, Candidates, Document, Estate, Truth, deferred

from ._workspace import WORKSPACE

ACCOUNT = "Microsoft.Storage/storageAccounts"
DATASTORE = f"{WORKSPACE}/datastores"
SERVICES: Mapping[str, str] = {
    "blob": "blobServices",
    "file": "fileServices",
    "queue": "queueServices",
    "table": "tableServices",
}
"""Service → the kind of child that stands for it; every account has each that its kind offers from its creation."""
WITHOUT: Mapping[str, tuple[str, ...]] = {
    "blob": ("FileStorage",),
    "file": ("BlobStorage", "BlockBlobStorage"),
    "queue": ("BlobStorage", "BlockBlobStorage", "FileStorage"),
    "table": ("BlockBlobStorage", "FileStorage"),
}
"""Service → kinds of accounts that lack it. Source: storage-account-overview, types of storage accounts."""


def offers(account: Document, service: str) -> Truth:
    """The account's kind has the service."""
    return account["kind"].differs(*WITHOUT[service], missing=True)


def workspaces(account: Document) -> Candidates:
    """The workspaces whose default account this is."""
    return account.linked_from(WORKSPACE, "properties.storageAccount")


def has_datastore(account: Document, *types: str) -> Truth:
    """A datastore of one of `types`, such as AzureFile, lies in the account."""
    return datastores(account).some(lambda each: each["properties.datastoreType"].equals(*types))


def datastores(account: Document) -> Candidates:
    """The datastores that name the account; accounts' names are unique in all of Azure."""
    index = account.estate.kept("datastores of accounts", _by_account)
    keys = [f"urn {account.urn}"] if account.urn else []
    if account.id is not None or not account.urn:
        keys.append(account.name.casefold())
    sure = dict.fromkeys(each for key in keys for each in index.get(key, ()))
    doubtful = dict.fromkeys(each for key in (f"?{account.urn}", "") for each in index.get(key, ()))
    doubt = deferred("the account of a datastore is not known yet")
    return Candidates(tuple((each, TRUE) for each in sure) + tuple((each, doubt) for each in doubtful))


def _by_account(estate: Estate) -> dict[str, list[Document]]:
    """Name, `urn …` or `?urn` of an account → its datastores; "" for those whose account is not known."""
    found: dict[str, list[Document]] = {}
    for datastore in estate.of_type(DATASTORE):
        name = datastore["properties.accountName"]
        if name.is_missing:
            continue
        value = name.value
        if isinstance(value, Reference):
            key = f"{'urn ' if value.output == 'name' else '?'}{value.urn}"
        else:
            key = value.casefold() if isinstance(value, str) else ""
        found.setdefault(key, []).append(datastore)
    return found
