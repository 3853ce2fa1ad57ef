/**
 * The kernel interfaces of the stages again, written against jdk.incubator.vector. Nothing imports this package:
 * {@link llm265.kernel.KernelLoader} loads its classes by name.
 *
 * <p>C2 keeps a vector in a register only where it knows the vector's class and sees all that is done with it;
 * otherwise every vector becomes an object with an array, and the kernel many times slower than the scalar one. What C2
 * knows must not hang on what else has run, since all methods of the Vector API, and their profiles, are shared by
 * vectors of all sizes. Hence:
 *
 * <ul>
 *   <li>a species is a constant of its class;
 *   <li>a vector never passes from one method of ours to another: C2 does not inline what is compiled already to more
 *       than some size ({@code ArchitectureTest} holds this);
 *   <li>a vector that a loop carries on, a sum say, is an argument: {@code term.add(sum)}, not {@code sum.add(term)}. At
 *       the head of the loop C2 knows it as IntVector alone, and where other code has used add on vectors of three sizes it
 *       then calls the method, and boxes;
 *   <li>what {@code convert} gives is an argument, too, {@code FloatVector.broadcast(species, x).mul(converted)} say, not
 *       {@code converted.mul(x)}, of which other code's vectors of two sizes made an object;
 *   <li>a method is small: C2 gives up inlining at 18,000 nodes.
 * </ul>
 */
package llm265.vector;
