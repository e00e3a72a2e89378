"""Microsoft.MachineLearningServices/workspaces/codes. Source: Azure Machine Learning REST API 2025-12-01."""

from azkeep.types._assets import container

TYPE = container("codes", "azure-native:machinelearningservices:CodeContainer")
