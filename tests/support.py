"""Where the repository lies, and the day that stands for today in the tests."""

import datetime as dt
from pathlib import Path

ROOT = Path(__file__).parents[1]
AS_OF = dt.date(2026, 6, 15)
