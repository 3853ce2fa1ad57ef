package llm265;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the module shows: a package more is a promise more. */
class ModuleTest {
  private static ModuleDescriptor module() throws URISyntaxException {
    Path classes = Path.of(TensorEncoder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return ModuleFinder.of(classes).find("llm265").orElseThrow().descriptor();
  }

  @Test
  void theApiIsExportedAndNothingElse() throws URISyntaxException {
    Set<String> exported = module().exports().stream().map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
    assertThat(exported).containsExactlyInAnyOrder(
        "llm265", "llm265.checkpoint", "llm265.checkpoint.file", "llm265.data", "llm265.dtype", "llm265.h264",
        "llm265.h264.bitstream",
        "llm265.h264.decode", "llm265.h264.encode", "llm265.h264.syntax", "llm265.model", "llm265.parallel", "llm265.rate",
        "llm265.runtime", "llm265.runtime.transform", "llm265.tensor", "llm265.tensor.distortion");
    assertThat(module().exports()).allMatch(exports -> !exports.isQualified());
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk.incubator.vector", "org.bytedeco.pytorch"})
  void whatNotAllNeedMayBeMissing(String name) throws URISyntaxException {
    assertThat(module().requires())
        .filteredOn(requires -> requires.name().equals(name)).singleElement()
        .matches(requires -> requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC));
  }
}
