"""Rubric to verdicts to scores."""
