"""The gate: may this extract pass? One judgement, written for each kind of pipeline by a module of its own."""

from everycase.gate.judgement import Finding, Gate, Kind, judge

__all__ = ["Finding", "Gate", "Kind", "judge"]
