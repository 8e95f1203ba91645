"""Forecasts: of curves, of surfaces in several inputs, and of what larger models inherit."""
