"""`clinsim` with another library in the place of the shipped one: `python -m tests.cli.small_clinsim FOLDER …`."""

from __future__ import annotations

import sys
from pathlib import Path

from simulator.cli.main import main
from simulator.library import location

if __name__ == "__main__":
    root = location.ContentRoot.under(Path(sys.argv.pop(1)))
    location.default_roots = lambda package=root.scenarios: location.Roots((root,))
    main()
