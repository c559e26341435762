"""The main entry of a checkout: `python runner.py check` does what the command `everycase check` does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

from everycase.cli import main

if __name__ == "__main__":
    main()
