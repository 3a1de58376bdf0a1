"""Says by which name aipol was called, for the commands that it prints."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

_NAME = "aipol"


def called() -> str:
    """`aipol`, or the path that was typed where the shell would not find it by that name."""
    typed = Path(sys.argv[0])
    if typed.name != _NAME or len(typed.parts) == 1:
        return _NAME
    found = shutil.which(_NAME)
    try:
        same = found is not None and typed.samefile(found)
    except OSError:
        same = False
    return _NAME if same else str(typed)
