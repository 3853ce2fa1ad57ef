/**
 * The kernel interfaces of the stages again, written with jdk.incubator.vector. Nothing imports this package:
 * {@link llm265.kernel.KernelLoader} loads its classes by name. Begin with {@link VectorTransformKernels}.
 *
 * <p>C2 keeps a vector in a register only if it knows the vector's class and sees all that is done with it. Otherwise every
 * vector becomes an object with an array, and the kernel is many times slower than the scalar one. All methods of the Vector
 * API, and their profiles, are shared by vectors of all sizes, so what C2 knows must not depend on what else has run. Hence:
 *
 * <ul>
 *   <li>a species is a constant of its class;
 *   <li>a vector never passes from one method of ours to another, since C2 does not inline what is already compiled to more
 *       than some size ({@code ArchitectureTest} checks this);
 *   <li>a vector that a loop carries on, such as a sum, is an argument: {@code term.add(sum)}, not {@code sum.add(term)}. At
 *       the head of the loop C2 knows only that it is an IntVector. If other code has used add on vectors of three sizes, it
 *       then calls the method, and boxes;
 *   <li>the result of {@code convert} is an argument, too: {@code FloatVector.broadcast(species, x).mul(converted)}, not
 *       {@code converted.mul(x)}, which vectors of two sizes in other code turned into an object;
 *   <li>a method is small: C2 gives up inlining at 18,000 nodes.
 * </ul>
 *
 * <p>Each public class implements one kernel interface, which has the contract; {@code Vector4x4} and {@code Vector8x8} hold the
 * transforms. Class comments have the measured speeds.
 */
package llm265.vector;
