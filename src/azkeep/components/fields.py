"""The kinds of values that an estate's settings are made of: address ranges, ARM ids, names, regions."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from azkeep.model.ids import ArmId

DOCKER_BRIDGE = IPv4Network("172.17.0.0/16")
"""The default bridge of Docker on compute nodes; a network that overlaps it cannot be reached from containers.

Source: Azure Machine Learning, "Secure an Azure Machine Learning workspace with virtual networks".
"""


class Section(BaseModel):
    """One part of the settings: unknown keys are refused, values are not coerced, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


def _range(text: Any) -> str:
    if not isinstance(text, str):
        raise ValueError("an address range is written as text, for example 10.40.1.0/24")
    try:
        return str(IPv4Network(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is not an IPv4 address range: {error}") from error


def _address(text: Any) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is not an IPv4 address") from error


def _guid(text: Any) -> str:
    try:
        return str(UUID(str(text)))
    except ValueError as error:
        raise ValueError(f"{text!r} is not an object id (a GUID)") from error


def _region(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]+", text):
        raise ValueError(f"{text!r} is not a region's name: write it as westeurope, without blanks or capitals")
    return text


def _id_of(arm_type: str) -> AfterValidator:
    """Takes only full ARM ids of `arm_type`."""

    def check(text: str) -> str:
        try:
            found = ArmId.parse(text)
        except ValueError as error:
            raise ValueError(f"{text!r} is not an ARM id") from error
        if found.type.lower() != arm_type.lower() or not found.subscription:
            raise ValueError(f"{text!r} is not the full ARM id of a {arm_type}")
        return found.text

    return AfterValidator(check)


Range = Annotated[str, BeforeValidator(_range)]
Address = Annotated[str, BeforeValidator(_address)]
ObjectId = Annotated[str, BeforeValidator(_guid)]
Region = Annotated[str, AfterValidator(_region)]
Word = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z0-9]+)*$")]
"""A name's part: letters, digits and single hyphens, a letter first."""

Version = Annotated[str, Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]*$")]
SubnetId = Annotated[str, _id_of("Microsoft.Network/virtualNetworks/subnets")]
RouteTableId = Annotated[str, _id_of("Microsoft.Network/routeTables")]
NetworkWatcherId = Annotated[str, _id_of("Microsoft.Network/networkWatchers")]
ZoneId = Annotated[str, _id_of("Microsoft.Network/privateDnsZones")]
StorageId = Annotated[str, _id_of("Microsoft.Storage/storageAccounts")]
VaultId = Annotated[str, _id_of("Microsoft.KeyVault/vaults")]
RegistryId = Annotated[str, _id_of("Microsoft.ContainerRegistry/registries")]
LogWorkspaceId = Annotated[str, _id_of("Microsoft.OperationalInsights/workspaces")]
InsightsId = Annotated[str, _id_of("Microsoft.Insights/components")]
PrivateLinkScopeId = Annotated[str, _id_of("Microsoft.Insights/privateLinkScopes")]
