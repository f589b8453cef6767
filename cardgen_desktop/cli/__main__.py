"""`python -m cardgen_desktop.cli` is the same as `cardgen`."""

import sys

from .main import main

if __name__ == "__main__":
    sys.exit(main())
