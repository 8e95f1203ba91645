"""Tipping points: where a response changes regime, of which kind, and whether it does."""
