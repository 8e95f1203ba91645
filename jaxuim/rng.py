"""Keys: one root seed, one key per seed, one named stream per purpose.

A run's key depends on the root and on its seed alone, never on a level or on another axis. All runs
with one seed therefore share initial weights, batch order and the uniforms that place corruptions,
and adding a grid point changes no other run.
"""

import hashlib

import jax


def run_key(root: jax.typing.ArrayLike, seed: jax.typing.ArrayLike) -> jax.Array:
    """Return the key of the runs with this seed, ``fold_in(key(root), seed)``.

    Both may be traced integers in [0, 2^32).

    >>> bool((run_key(0, 1) == run_key(0, 1)).all()), bool((run_key(0, 1) == run_key(0, 2)).all())
    (True, False)
    """
    return jax.random.fold_in(jax.random.key(root), seed)


def stream(key: jax.Array, name: str) -> jax.Array:
    """Return the key of a named stream: ``fold_in`` of 32 bits of the name's blake2b hash.

    Streams are only ever folded, never split: ``split(key, n)[i]`` equals ``fold_in(key, i)``, so
    mixing the two on one key would make two streams coincide.

    >>> key = run_key(0, 0)
    >>> bool((stream(key, "init") == stream(key, "order")).all())
    False
    """
    word = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big")
    return jax.random.fold_in(key, word)
