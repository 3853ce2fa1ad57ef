package llm265;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/** The files of a package have an order: whoever reads one need not have read all. */
public final class FileCircles {
  private FileCircles() {}

  /** Fails if files of a package use each other in a circle. */
  public static void check(JavaClasses classes, String name) {
    slices().assignedFrom(new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        // A kernel interface and its reference know each other: it is loaded where it is declared.
        String file = type.getName().replaceFirst("\\$.*", "").replaceFirst("\\.Scalar(?=\\w+Kernels$)", ".");
        return type.getPackageName().equals(name) ? SliceIdentifier.of(file) : SliceIdentifier.ignore();
      }

      @Override
      public String getDescription() {
        return "files of " + name;
      }
    }).should().beFreeOfCycles().check(classes);
  }
}
