/**
 * Levels of a trellis on pictures that carry integers: which of a macroblock's levels belongs to which value, and the way from
 * these levels to steps and back. SPEC.md, "Carried levels".
 *
 * <p>Read {@link CarrierOrder}, then {@link CarrierKernels} and its plain reading, {@link ScalarCarrierKernels}.
 */
package llm265.tensor.carrier;
