"""Answers as values and as text: summaries, coverage, explanations, schedules."""
