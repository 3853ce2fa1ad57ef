/**
 * From decoded samples to values, and where in the tensor the values of a tile lie. SPEC.md, "From samples to values".
 *
 * <p>Reading order: {@link TileMap} says which value lies where in a tile, {@link ClassMap} how scale classes reorder it.
 * {@link TileLevels} turns a picture into levels. {@link ValueReconstructor} is the only place where a value is made; the
 * encoder's own measurements use it too. {@link SampledTile} and {@link ExactTile} put these together for the two ways of
 * coding a tile; both are a {@link TilePicture}.
 *
 * <p>It decodes no pictures, and does not choose anything.
 */
package llm265.tensor.reconstruct;
