"""Microsoft.MachineLearningServices/workspaces/data. Source: Azure Machine Learning REST API 2025-12-01."""

from dataclasses import replace

from azkeep.types._assets import container
from azkeep.types.resource_type import Immutable

TYPE = replace(
    container("data", "azure-native:machinelearningservices:DataContainer"),
    required=("/properties/dataType",),
    provisioning_state=None,
    required_code="ValidationError",
    immutable=(Immutable("/properties/dataType", "UserError", "dataType of data '{name}' cannot be changed.", 409),),
)
