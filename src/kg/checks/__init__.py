"""Consistency checks: what shapes cannot see."""
