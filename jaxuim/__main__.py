"""``python -m jaxuim`` is the command ``jaxuim``."""

import sys

from jaxuim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
