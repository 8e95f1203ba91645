"""The ridge that weight decay gives a two-layer linear network, and its backdoor."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.backdoor.law import Attack, attack

ROUNDS = 80  # fixed-point steps on the penalty's logarithm, each a contraction


class NetworkAttack(NamedTuple):
    """The ridge ``penalty`` (of the unnormalised loss) that decay amounts to, and the attack."""

    penalty: jax.Array
    attack: Attack


def network_attack(
    n: ArrayLike,
    count: ArrayLike,
    decay: ArrayLike,
    *,
    d: int,
    norm: ArrayLike = 2.0,
    trigger: ArrayLike = 3.0,
    variance: ArrayLike = 0.0,
) -> NetworkAttack:
    """Return the attack on f(x) = a' W x trained to the minimum of a loss with weight decay.

    The loss is (1/2N) |y - f|^2 + (decay/2) (|W|^2 + |a|^2) with N = n + count. At given w = W'a
    the decay is least at decay |w| (both layers balanced, W of rank one), so that
    X'(y - Xw) = N decay w / |w|: the network is ridge with the penalty L = N decay / |w(L)|. Since
    L |w(L)| rises with L, the root is unique; it exists where decay < |X'y| / N, else w = 0. The
    norm is that of the mean-field weights: deviation^2 + (shift / trigger)^2.

    Args:
        n: clean samples.
        count: poisons.
        decay: of both layers, in the loss whose data term is half the mean squared error.
        d: base dimensions.
        norm: |mu|.
        trigger: as for ``attack``.
        variance: as for ``attack``.

    Source: derived here; the norm penalty of a two-layer linear network is standard.

    >>> found = network_attack(400, 8, 0.1, d=10)
    >>> round(float(found.penalty / 408 * jnp.sqrt(found.attack.deviation**2
    ...     + (found.attack.shift / 3) ** 2)), 4)
    0.1
    """
    options: dict[str, Any] = {"d": d, "norm": norm, "trigger": trigger, "variance": variance}
    total = n + jnp.asarray(count, dtype=float)

    def implied(log_penalty: jax.Array) -> jax.Array:
        found = attack(n, count, jnp.exp(log_penalty), **options)
        size = jnp.hypot(found.deviation, found.shift / trigger)
        return jnp.log(total * decay / size)

    def step(_: int, value: jax.Array) -> jax.Array:
        return implied(value)

    root = jax.lax.stop_gradient(jax.lax.fori_loop(0, ROUNDS, step, jnp.log(total * decay)))
    value, slope = jax.jvp(implied, (root,), (jnp.ones_like(root),))
    penalty = jnp.exp(root + (value - root) / (1.0 - jax.lax.stop_gradient(slope)))
    return NetworkAttack(penalty, attack(n, count, penalty, **options))
