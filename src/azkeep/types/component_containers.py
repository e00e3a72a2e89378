"""Microsoft.MachineLearningServices/workspaces/components. Source: Azure Machine Learning REST API 2025-12-01."""

from azkeep.types._assets import container

TYPE = container("components", "azure-native:machinelearningservices:ComponentContainer")
