package llm265.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import llm265.FileCircles;
import org.junit.jupiter.api.Test;

/** The order of the files. */
class SparkRoomTest {
  @Test
  void filesHaveNoCircles() {
    JavaClasses classes = new ClassFileImporter().importPackages("llm265.spark");
    assertThat(classes.contain(SparkMain.class)).isTrue();
    FileCircles.check(classes, "llm265.spark");
  }
}
