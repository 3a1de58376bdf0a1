"""The command line."""

from aipol.cli.app import main

__all__ = ["main"]
