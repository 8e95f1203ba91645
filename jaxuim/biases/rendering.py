"""What biases do to the inputs of the examples that they marked, when a batch is shown."""

from collections.abc import Sequence
from typing import NamedTuple

import jax

from jaxuim.biases.compose import declared
from jaxuim.types.declare import Declaration
from jaxuim.types.shape import Settings

ImageShape = tuple[int, int, int] | None


class Draw(NamedTuple):
    """The random numbers that belong to the examples of a batch, the same at every visit.

    ``uniforms`` f32[3, batch] in [0, 1), those that the bias saw too; ``key`` of this run and bias;
    ``index`` i32[batch], the examples; ``image_shape`` of the inputs, or None.
    """

    uniforms: jax.Array
    key: jax.Array
    index: jax.Array  # type: ignore[assignment]
    image_shape: ImageShape

    def fresh(self, size: int) -> jax.Array:
        """Return further uniforms f32[batch, size] in [0, 1), of each example its own.

        >>> import jax.numpy as jnp
        >>> draw = Draw(jnp.zeros((3, 2)), jax.random.key(0), jnp.array([4, 4]), None)
        >>> first, second = draw.fresh(3)
        >>> bool((first == second).all())
        True
        """
        return jax.vmap(lambda key: jax.random.uniform(key, (size,)))(self._keys())

    def normals(self, size: int) -> jax.Array:
        """Return standard normal numbers f32[batch, size], of each example its own.

        >>> import jax.numpy as jnp
        >>> draw = Draw(jnp.zeros((3, 2)), jax.random.key(0), jnp.array([4, 5]), None)
        >>> draw.normals(3).shape
        (2, 3)
        """
        return jax.vmap(lambda key: jax.random.normal(key, (size,)))(self._keys())

    def _keys(self) -> jax.Array:
        return jax.vmap(lambda example: jax.random.fold_in(self.key, example))(self.index)


def render(
    x: jax.Array,
    marks: jax.Array,
    index: jax.Array,
    names: Sequence[str],
    settings: Sequence[Settings],
    uniforms: Sequence[jax.Array],
    keys: Sequence[jax.Array],
    image_shape: ImageShape,
) -> jax.Array:
    """Return the inputs as they are shown: each bias changes the examples that it marked.

    Args:
        x: [batch, d], the examples' own inputs.
        marks: i32[batch]; bit k set where the k-th bias changed the example.
        index: i32[batch], the examples.
        names: declared names of the biases, in canonical order.
        settings: their settings.
        uniforms: of each bias, f32[3, E].
        keys: of each bias.
        image_shape: (height, width, channels) of the flattened inputs, or None.
    """
    for k, bias in enumerate(declared(names)):
        if bias.render:
            hit = (marks >> k) & 1 == 1
            draw = Draw(uniforms[k][:, index], keys[k], index, image_shape)
            change = Declaration(bias.name, "", bias.render).load()
            x = change(x, hit, draw, **dict(settings[k]))
    return x
