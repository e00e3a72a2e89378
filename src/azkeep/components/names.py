"""The names of an estate, composed from its prefix and environment, and how long Azure lets each be."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from azkeep.components.settings import Estate

SHORT = {"dev": "dev", "test": "test", "production": "prod"}
NAMESPACE = UUID("5b0c6d0e-5f0b-4d8c-9a39-0c2f5a2f6f11")
"""Of the names of role assignments, which Azure wants to be GUIDs and unique in the tenant."""


@dataclass(frozen=True)
class Composed:
    """One name and the bounds that Azure sets. `path` is the setting, as keys, that a person would shorten."""

    text: str
    least: int
    most: int
    what: str
    path: tuple[str, ...] = ("prefix",)

    @property
    def problem(self) -> str | None:
        """Why Azure would refuse the name; None if it would not."""
        size = len(self.text)
        if size > self.most:
            return f"the {self.what} would be named {self.text!r}: {size} characters, at most {self.most} are allowed"
        if size < self.least:
            return f"the {self.what} would be named {self.text!r}: {size} characters, at least {self.least} are needed"
        return None


@dataclass(frozen=True)
class Names:
    """Names of everything in one estate. Source of the bounds: Azure, "Naming rules and restrictions"."""

    prefix: str
    environment: str

    @classmethod
    def of(cls, settings: Estate) -> Names:
        return cls(settings.prefix, SHORT[settings.environment])

    def named(self, last: str) -> str:
        """`{prefix}-{environment}-{last}`, for what has no name of its own below."""
        return f"{self.prefix}-{self.environment}-{last}"

    def _joined(self, last: str) -> str:
        return f"{self.prefix}{self.environment}{last}"

    @property
    def group(self) -> str:
        return self.named("rg")

    @property
    def storage(self) -> str:
        return self._joined("st")

    @property
    def vault(self) -> str:
        return self.named("kv")

    @property
    def registry(self) -> str:
        return self._joined("cr")

    @property
    def workspace(self) -> str:
        return self.named("mlw")

    @property
    def instance(self) -> str:
        return self.named("ci")

    def assignment(self, location: str, label: str) -> str:
        """The name of a role assignment: the same GUID for the same estate and label, everywhere and always."""
        return str(uuid5(NAMESPACE, f"{self.prefix}/{self.environment}/{location}/{label}"))


def composed(settings: Estate) -> tuple[Composed, ...]:
    """Every name of the estate that Azure may find too short or too long."""
    names = Names.of(settings)
    found = [
        Composed(names.group, 1, 90, "resource group"),
        Composed(names.workspace, 3, 33, "workspace"),
    ]
    if settings.storage.id is None:
        found.append(Composed(names.storage, 3, 24, "storage account"))
    if settings.vault.id is None:
        found.append(Composed(names.vault, 3, 24, "key vault"))
    if settings.registry.id is None:
        found.append(Composed(names.registry, 5, 50, "registry"))
    return (*found, *_of_computes(settings, names), *_of_endpoint(settings, names))


def _of_computes(settings: Estate, names: Names) -> list[Composed]:
    if settings.compute is None:
        return []
    path = ("compute", "clusters")
    found = [Composed(name, 3, 24, "cluster", (*path, name)) for name in settings.compute.clusters]
    if settings.compute.instance is not None:
        found.append(Composed(names.instance, 3, 24, "compute instance"))
    return found


def _of_endpoint(settings: Estate, names: Names) -> list[Composed]:
    if settings.endpoint is None:
        return []
    name = names.named(settings.endpoint.name)
    deployments = [
        Composed(deployment, 3, 32, "deployment", ("endpoint", "deployments", deployment))
        for deployment in settings.endpoint.deployments
    ]
    return [Composed(name, 3, 32, "endpoint", ("endpoint", "name")), *deployments]
