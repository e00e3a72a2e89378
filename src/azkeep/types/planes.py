"""What a data plane asks of the documents of the resources that it serves. Data and pure functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from azkeep.model.value import Body


@dataclass(frozen=True, kw_only=True)
class BlobPlane:
    """The blob endpoint of an account of some type.

    account_type: ARM type of the account. service: type and name of the child that holds the containers.
    containers: last part of the containers' type. keys: generated secrets that are access keys, first to last.
    served: whether an account has the endpoint at all. takes_keys: whether its access keys are good.
    reachable: whether its firewall lets an IP address in. anonymous: whether its containers may be public.
    public: what everyone may read of a container: `None`, `Blob` or `Container`. container: the body of a PUT that
    makes one, from what is public of it and its metadata.
    """

    account_type: str
    service: tuple[str, str]
    containers: str
    keys: tuple[str, ...]
    served: Callable[[Body], bool]
    takes_keys: Callable[[Body], bool]
    reachable: Callable[[Body, str], bool]
    anonymous: Callable[[Body], bool]
    public: Callable[[Body], str]
    container: Callable[[str, Body], Body]

    @property
    def service_type(self) -> str:
        """ARM type of the child that holds the containers."""
        return f"{self.account_type}/{self.service[0]}"

    @property
    def container_type(self) -> str:
        """ARM type of a container."""
        return f"{self.service_type}/{self.containers}"


@dataclass(frozen=True)
class ContainerAccess:
    """In an action's answer: stands for a shared access signature of a container, which the cloud signs.

    `account` is an ARM id. It is signed with `key` where that is given, else as the principal `signer` (an object id),
    else with the account's first key. `address`: the container's whole address instead of the token alone.
    """

    account: str
    container: str
    permissions: str
    hours: float
    signer: str = ""
    key: str = ""
    address: bool = False


@dataclass(frozen=True)
class AccountSignature:
    """In an action's answer: stands for a shared access signature with the account key `key`, which the cloud makes.

    `members` are its parameters and their values; `resource` is what a service SAS is for, empty for an account SAS.
    """

    account: str
    key: str
    members: tuple[tuple[str, str], ...]
    resource: str = ""


@dataclass(frozen=True)
class SecretOf:
    """In an action's answer: stands for the generated secret `name` of another resource."""

    id: str
    name: str


@dataclass(frozen=True)
class NewSecretOf:
    """In an action's answer: stands for a secret of another resource that is made anew of so many random bytes."""

    id: str
    name: str
    random_bytes: int


@dataclass(frozen=True)
class SecondsFromNow:
    """In an action's answer: stands for the moment so many seconds from now, in seconds since 1970."""

    seconds: int
