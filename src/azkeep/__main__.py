"""`python -m azkeep`."""

import sys

from azkeep.cli import main

if __name__ == "__main__":
    sys.exit(main())
