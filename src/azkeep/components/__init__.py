"""The vocabulary of stacks: a secure Azure Machine Learning estate, part by part, each secure where nothing is said."""

from azkeep.components.companions import Companions
from azkeep.components.compute import Compute
from azkeep.components.endpoints import OnlineEndpoint
from azkeep.components.estate import Estate
from azkeep.components.identities import Identities
from azkeep.components.locks import Locks
from azkeep.components.monitoring import Monitoring
from azkeep.components.network import Network
from azkeep.components.private_access import PrivateAccess
from azkeep.components.registry import Registry
from azkeep.components.roles import Roles
from azkeep.components.stack import stack_settings
from azkeep.components.storage import Storage
from azkeep.components.vault import Vault
from azkeep.components.workspace import Workspace

__all__ = [
    "Companions",
    "Compute",
    "Estate",
    "Identities",
    "Locks",
    "Monitoring",
    "Network",
    "OnlineEndpoint",
    "PrivateAccess",
    "Registry",
    "Roles",
    "Storage",
    "Vault",
    "Workspace",
    "stack_settings",
]
