"""Fuzzing: random and coverage-guided input for every parser that reads what strangers write."""
