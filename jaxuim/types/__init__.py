"""Shared vocabulary: declarations, the catalogue of built-in names, run statuses. Imports no JAX."""
