/**
 * The kernel interfaces of the stages again, written against jdk.incubator.vector. Nothing imports this package:
 * {@link llm265.kernel.KernelLoader} loads its classes by name.
 */
package llm265.vector;
