"""Run the command line as `python -m aipol`."""

import sys

from aipol.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
