"""What an offline run needs loaded before it is forked."""

import azkeep.program.invokes
import azkeep.program.offline
import azkeep.program.provenance
import azkeep.program.unseen
from azkeep.types import all_types

all_types()

__all__ = ["azkeep"]
