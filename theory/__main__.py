"""``python -m theory``."""

import sys

from theory.command import main

if __name__ == "__main__":
    sys.exit(main())
