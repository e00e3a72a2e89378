"""What an offline run needs loaded before it is forked."""

import azkeep.program.invokes
import azkeep.program.known_types
import azkeep.program.offline
import azkeep.program.provenance
import azkeep.program.unseen

__all__ = ["azkeep"]
