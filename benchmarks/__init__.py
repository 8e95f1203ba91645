"""Benchmarks: the engine beside PyTorch, torch.func and plain JAX on one piece of work."""
