/**
 * Models larger than a machine, on Apache Spark. Begin with {@link llm265.spark.SparkMain}. A {@link llm265.spark.Store} is a
 * file or folder wherever Hadoop's libraries reach, {@link llm265.spark.ModelFiles} what every process knows of a model there.
 * The driver plans as {@code llm265.model} does and has a {@link llm265.spark.ClusterCoder} code single tensors, or parts of
 * them, as tasks; what they make waits in a {@link llm265.spark.WorkFolder}. Every file there appears whole, and its contents
 * depend on its name alone. So a task that runs twice does no harm, and one that is done need not run again. docs/cluster.md.
 */
package llm265.spark;
