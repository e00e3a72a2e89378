"""Microsoft.MachineLearningServices/workspaces/environments. Source: Azure Machine Learning REST API 2025-12-01."""

from azkeep.types._assets import container
from azkeep.types._environments import no_environment

TYPE = container("environments", "azure-native:machinelearningservices:EnvironmentContainer", no_environment)
