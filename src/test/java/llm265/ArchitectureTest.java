package llm265;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The directions of docs/architecture.md, and what no class may use. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("llm265");

  /** The stages between reconstruction and the macroblock: none of them knows another. */
  private static final Set<String> STAGES =
      Set.of("h264.cabac", "h264.cavlc", "h264.intra", "h264.transform", "h264.deblock");

  /** Levels from the leaf upwards; a package may use lower levels, not its own or a higher one. */
  static final List<Set<String>> LEVELS =
      List.of(
          Set.of("h264", "moments", "numeric", "parallel", "dtype", "program"),
          Set.of("data.symbol"),
          Set.of("hardware", "baseline", "h264.bitstream", "checkpoint.file", "data", "lm.math", "rate", "trinity"),
          Set.of("checkpoint.gguf", "checkpoint.torch"),
          Set.of("checkpoint", "h264.container", "lm.token", "packed"),
          Set.of("h264.syntax", "quantized"),
          Set.of("h264.macroblock"),
          STAGES,
          Set.of("h264.rate"),
          Set.of("h264.reconstruct"),
          Set.of("h264.decode", "h264.encode"),
          Set.of("h264.trace", "image"),
          Set.of("h264.written"),
          Set.of("h264.coverage"),
          Set.of("h264.generate"),
          Set.of("tensor"),
          Set.of("tensor.payload", "tensor.distortion", "tensor.feedback"),
          Set.of("tensor.values"),
          Set.of("tensor.tools"),
          Set.of("tensor.carrier"),
          Set.of("tensor.format"),
          Set.of("tensor.reconstruct"),
          Set.of("tensor.analysis"),
          Set.of("tensor.picture", "tensor.exact"),
          Set.of("tensor.trellis"),
          Set.of("tensor.decode", "tensor.encode"),
          Set.of(""),
          Set.of("lm.weights", "lm.layer", "model.delta"),
          Set.of("baseline.kv", "lm.architecture"),
          Set.of("lm"),
          Set.of("runtime.transform", "runtime.message"),
          Set.of("runtime.kv"),
          Set.of("runtime"),
          Set.of("runtime.exchange"),
          Set.of("runtime.training"),
          Set.of("model", "oracle", "runtime.training.torch"),
          Set.of("network", "bench", "oracle.suite", "view"),
          Set.of("fidelity", "view.page"),
          Set.of("fidelity.network", "fidelity.kv"),
          Set.of("cli.output"),
          Set.of("cli"));

  /** Of no level: every package may use the first, none the second. */
  private static final String KERNEL = "kernel";
  private static final String VECTOR = "vector";

  private static boolean isVector(String name) {
    return name.equals(VECTOR) || name.startsWith(VECTOR + ".");
  }

  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.equals("llm265") ? "" : name.substring("llm265.".length());
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().equals("llm265") || type.getPackageName().startsWith("llm265.");
  }

  private static int level(String name) {
    for (int level = 0; level < LEVELS.size(); level++) {
      if (LEVELS.get(level).contains(name)) {
        return level;
      }
    }
    return -1;
  }

  static Collection<String> packages() {
    Set<String> names = new TreeSet<>();
    CLASSES.forEach(type -> names.add(packageOf(type)));
    return names;
  }

  @Test
  void everyPackageHasItsLevel() {
    assertThat(packages())
        .allMatch(name -> level(name) >= 0 || name.equals(KERNEL) || isVector(name))
        .contains("h264.decode", "h264.encode", VECTOR, "");
  }

  @ParameterizedTest
  @MethodSource("packages")
  void importsRunDownwards(String name) {
    List<String> wrong = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      if (!packageOf(type).equals(name)) {
        continue;
      }
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(target -> isOurs(target) && !mayUse(name, packageOf(target)))
          .forEach(target -> wrong.add(type.getName() + " uses " + target.getName()));
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean mayUse(String user, String used) {
    if (used.equals(user) || used.equals(KERNEL)) {
      return true;
    }
    if (used.equals(VECTOR) && isVector(user)) {
      return true;
    }
    if (isVector(used) || user.equals(KERNEL)) {
      return false;
    }
    if (isVector(user)) {
      // Vector kernels implement interfaces of the stages, of the encoder and of the tensor layer.
      return level(used) < level("");
    }
    return level(used) < level(user);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("llm265.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /** Files of a package have an order, too: whoever reads one need not have read all. */
  @ParameterizedTest
  @MethodSource("packages")
  void filesOfAPackageHaveNoCircles(String name) {
    FileCircles.check(CLASSES, name.isEmpty() ? "llm265" : "llm265." + name);
  }

  @Test
  void codecKnowsNothingOfTensors() {
    noClasses().that().resideInAPackage("llm265.h264..")
        .should().dependOnClassesThat().resideInAnyPackage(
            "llm265", "llm265.tensor..", "llm265.rate..", "llm265.model..", "llm265.checkpoint..", "llm265.dtype..",
            "llm265.cli..",
            "llm265.image..")
        .check(CLASSES);
  }

  @Test
  void onlyVectorKernelsUseTheVectorApi() {
    noClasses().that().resideOutsideOfPackage("llm265.vector..")
        .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
        .check(CLASSES);
  }

  @Test
  void vectorKernelsAreLoadedByNameOnly() {
    noClasses().that().resideOutsideOfPackage("llm265.vector..")
        .should().dependOnClassesThat().resideInAPackage("llm265.vector..")
        .check(CLASSES);
  }

  /** Where C2 does not inline such a call, every vector becomes an object. Initializers run once and may do so. */
  @Test
  void vectorsDoNotPassFromMethodToMethod() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      if (isVector(packageOf(type))) {
        type.getMethods().stream()
            .filter(method -> method.getAccessesToSelf().stream().anyMatch(access -> !isInitializer(access.getOrigin())))
            .filter(method ->
                isVector(method.getRawReturnType())
                    || method.getRawParameterTypes().stream().anyMatch(ArchitectureTest::isVector))
            .forEach(method -> wrong.add(method.getFullName()));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean isInitializer(JavaCodeUnit code) {
    return code.getName().equals("<clinit>");
  }

  private static boolean isVector(JavaClass type) {
    return type.getPackageName().equals("jdk.incubator.vector");
  }

  @Test
  void nothingGoesRoundTheChecksOfTheLanguage() {
    noClasses()
        .should().dependOnClassesThat().haveFullyQualifiedName("sun.misc.Unsafe")
        .orShould().dependOnClassesThat().resideInAPackage("jdk.internal..")
        .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.Linker")
        .check(CLASSES);
  }

  @Test
  void onlyMainEndsTheProgram() {
    noClasses().that().doNotHaveFullyQualifiedName("llm265.cli.Main")
        .should().callMethod(System.class, "exit", int.class)
        .orShould().callMethod(Runtime.class, "exit", int.class)
        .orShould().callMethod(Runtime.class, "halt", int.class)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineTalksToTheTerminal() {
    // A checkpoint may be written to standard output, as bytes; that is OutputFile's business.
    noClasses().that().resideOutsideOfPackage("llm265.cli..").and().doNotHaveSimpleName("OutputFile")
        .should().accessField(System.class, "out").check(CLASSES);
    noClasses().that().resideOutsideOfPackage("llm265.cli..")
        .should().accessField(System.class, "err")
        .orShould().callMethod(Throwable.class, "printStackTrace")
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineNeedsItsLibraries() {
    noClasses().that().resideOutsideOfPackage("llm265.cli..")
        .should().dependOnClassesThat().resideInAnyPackage("picocli..", "me.tongfei..")
        .check(CLASSES);
    noClasses().that().resideOutsideOfPackage("llm265.bench")
        .should().dependOnClassesThat().resideInAPackage("org.knowm..").check(CLASSES);
    noClasses().that().resideInAPackage("llm265.h264..")
        .should().dependOnClassesThat(libraries()).check(CLASSES);
  }

  /** It is there only for who trains. */
  @Test
  void onlyTheTrainedModelNeedsItsLibrary() {
    noClasses().that().resideOutsideOfPackage("llm265.runtime.training.torch")
        .should().dependOnClassesThat().resideInAnyPackage("org.bytedeco..", "llm265.runtime.training.torch")
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> libraries() {
    return DescribedPredicate.describe(
        "belong to a library", type -> !isOurs(type) && !type.getPackageName().startsWith("java") && !type.isPrimitive());
  }

  /** What Math leaves to the platform, or lets differ by an ulp, must not reach a stream (StrictMath does not). */
  @Test
  void streamsDoNotDependOnTheMachinesArithmetic() {
    noClasses()
        .should().callMethodWhere(DescribedPredicate.describe(
            "a function of java.lang.Math that is not exactly specified",
            call -> call.getTargetOwner().isEquivalentTo(Math.class)
                && Set.of("fma", "exp", "log", "log10", "log1p", "expm1", "pow", "sin", "cos", "tan", "asin", "acos",
                    "atan", "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot").contains(call.getName())))
        .check(CLASSES);
  }

  @Test
  void classesAreNamedForWhatTheyDo() {
    classes().should().haveNameNotMatching(".*(Utils?|Helper|Manager)").check(CLASSES);
  }
}
