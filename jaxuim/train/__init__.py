"""Trainers: one run as a pure function, many runs as an ensemble; imports nothing by itself."""
