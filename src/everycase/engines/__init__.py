"""Engines: what an extract is prepared on and judged by."""
