"""Numerics that several claims share: effective ridge, Gaussian tails, draws, repetitions."""
