package llm265;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the directions of docs/architecture.md. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("llm265");

  /** From the leaf up; a package may use those before it in the list, and kernel. */
  private static final List<List<String>> CODEC_LEVELS = List.of(
      List.of("llm265.h264"),
      List.of("llm265.h264.bitstream"),
      List.of("llm265.h264.syntax"),
      List.of("llm265.h264.macroblock"),
      List.of("llm265.h264.cabac", "llm265.h264.intra", "llm265.h264.transform", "llm265.h264.deblock"),
      List.of("llm265.h264.reconstruct"),
      List.of("llm265.h264.encode", "llm265.h264.decode"),
      List.of("llm265.model", "llm265.rate"),
      List.of("llm265.tensor"),
      List.of("llm265"),
      List.of("llm265.image"),
      List.of("llm265.cli"));

  @Test
  void importsRunOneWay() {
    for (int level = 0; level < CODEC_LEVELS.size(); level++) {
      for (String here : CODEC_LEVELS.get(level)) {
        for (int above = level; above < CODEC_LEVELS.size(); above++) {
          for (String there : CODEC_LEVELS.get(above)) {
            if (!there.equals(here)) {
              noClasses().that().resideInAPackage(here).should().dependOnClassesThat().resideInAPackage(there)
                  .allowEmptyShould(true).check(CLASSES);
            }
          }
        }
      }
    }
  }

  @Test
  void everyPackageHasALevel() {
    List<String> known = CODEC_LEVELS.stream().flatMap(List::stream).toList();
    classes().should().resideInAnyPackage(
        Stream.concat(known.stream(), Stream.of("llm265.kernel", "llm265.vector"))
            .toArray(String[]::new)).check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    SlicesRuleDefinition.slices().matching("llm265.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void kernelIsALeaf() {
    noClasses().that().resideInAPackage("llm265.kernel").should().dependOnClassesThat(
        new DescribedPredicate<JavaClass>("are in another package of ours") {
          @Override
          public boolean test(JavaClass type) {
            return type.getPackageName().startsWith("llm265") && !type.getPackageName().equals("llm265.kernel");
          }
        }).check(CLASSES);
  }

  @Test
  void nothingImportsTheVectorPackage() {
    noClasses().that().resideOutsideOfPackage("llm265.vector")
        .should().dependOnClassesThat().resideInAPackage("llm265.vector").check(CLASSES);
  }

  @Test
  void onlyTheVectorPackageImportsTheVectorApi() {
    noClasses().that().resideOutsideOfPackage("llm265.vector")
        .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..").check(CLASSES);
  }

  @Test
  void nothingUsesUnsafeMemory() {
    noClasses().should().dependOnClassesThat().haveFullyQualifiedName("sun.misc.Unsafe").check(CLASSES);
    noClasses().should().dependOnClassesThat().resideInAPackage("jdk.internal..").check(CLASSES);
  }

  @Test
  void onlyTheCommandLineEndsTheProgram() {
    noClasses().that().doNotHaveFullyQualifiedName("llm265.cli.Main").should().callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }
}
