/** How a stage gets its kernels: scalar, vector, or both at once for comparison. A leaf: knows no stage. */
package llm265.kernel;
