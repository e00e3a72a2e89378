"""Microsoft.MachineLearningServices/workspaces/models. Source: Azure Machine Learning REST API 2025-12-01."""

from dataclasses import replace

from azkeep.types._assets import container

TYPE = replace(container("models", "azure-native:machinelearningservices:ModelContainer"), page_sized_by="count")
