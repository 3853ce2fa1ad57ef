package llm265.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Inputs to start from: golden vectors and small values. */
final class Seeds {
  private Seeds() {}

  /** The files of a folder below golden-vectors whose names have an ending, in the order of their names. */
  static List<byte[]> golden(String folder, String suffix, int mostBytes) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of("golden-vectors").resolve(folder))) {
      files = all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
    for (Path file : files) {
      if (Files.size(file) <= mostBytes) {
        seeds.add(Files.readAllBytes(file));
      }
    }
    return seeds;
  }

  /** Values of a Gaussian distribution with some that are larger. */
  static float[] values(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * (i % 29 == 0 ? 20 : 1));
    }
    return values;
  }

  /** Writes seeds as files seed-0, seed-1 and so on; those of an earlier run go. */
  static void write(Path folder, List<byte[]> seeds) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> old = Files.list(folder)) {
      for (Path seed : old.toList()) {
        Files.delete(seed);
      }
    }
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(folder.resolve("seed-" + i), seeds.get(i));
    }
  }
}
