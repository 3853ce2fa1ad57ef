package llm265.view.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import llm265.parallel.Workers;
import llm265.view.Resources;

/**
 * One HTML file with everything in it, as far as it fits. Each resource is a script element of its own, with the DEFLATE data of
 * its bytes in Base64, which the page decodes when it is wanted.
 *
 * <p>What comes first: the tensor, then the pictures in decoding order, then what belongs to their edges, then the details of
 * their macroblocks.
 */
public final class HtmlPage {
  /** Which macroblocks have details in the file. */
  public enum Detail { ALL, AUTO, NONE }

  /** Shares of the file that may be taken when the tensor is in it, then the pictures, then edges; details take the rest. */
  private static final double TENSOR_SHARE = 0.4;

  private static final double PICTURE_SHARE = 0.75;
  private static final double EDGE_SHARE = 0.85;

  /** The resources of a picture without which it is not shown. */
  private static final int NEEDED = 3;

  /**
   * What goes into the file.
   *
   * @param mostBytes size of the file that is not passed, but for index.json
   * @param firstPicture number of the first picture
   * @param lastPicture number of the last
   */
  public record Settings(long mostBytes, int firstPicture, int lastPicture, Detail detail) {}

  /** Details are 6 % larger than with the usual level 6, in half the time. */
  private static final int LEVEL = 5;

  private final Resources resources;
  private final Settings settings;
  private final Workers workers;
  private final OutputStream out;
  private final List<String> notes = new ArrayList<>();
  private long bytes;

  private HtmlPage(Resources resources, Settings settings, Workers workers, OutputStream out) {
    this.resources = resources;
    this.settings = settings;
    this.workers = workers;
    this.out = out;
  }

  /**
   * Writes the file.
   *
   * @return what was left out, in words; empty if nothing
   */
  public static List<String> write(Resources resources, Settings settings, Workers workers, OutputStream out)
      throws IOException {
    return new HtmlPage(resources, settings, workers, out).write();
  }

  private List<String> write() throws IOException {
    PageTemplate template = PageTemplate.load();
    text(template.before());
    bytes += template.after().length();
    List<Integer> wanted = resources.pictures().stream()
        .filter(id -> id >= settings.firstPicture() && id <= settings.lastPicture()).toList();
    boolean all = settings.detail() == Detail.ALL;
    addOthers(all ? 1 : TENSOR_SHARE);
    List<Integer> embedded = addPictures(wanted, all ? 1 : PICTURE_SHARE);
    addEdges(embedded, all ? 1 : EDGE_SHARE);
    String detail = settings.detail() == Detail.NONE ? "none" : addDetails(embedded);
    if (!notes.isEmpty()) {
      notes.add("llm265 view --serve shows everything");
    }
    element(Part.of("index.json", resources.index(detail, notes, embedded)));
    text(template.after());
    return notes;
  }

  private boolean fits(byte[] packed, double share) {
    return bytes + packed.length <= share * settings.mostBytes();
  }

  private void addOthers(double share) throws IOException {
    int left = add(resources.others(), share);
    if (left > 0) {
      notes.add(left + " of " + resources.others().size() + " parts of the tensor's values are left out");
    }
  }

  private List<Integer> addPictures(List<Integer> wanted, double share) throws IOException {
    List<Integer> embedded = new ArrayList<>();
    AtomicBoolean full = new AtomicBoolean();
    inOrder(wanted.size(), at -> full.get() ? List.<Part>of() : pictureOf(wanted.get(at)), (at, parts) -> {
      long sum = parts.stream().mapToLong(part -> part.packed.length).sum();
      full.compareAndSet(false, bytes + sum > share * settings.mostBytes());
      if (!full.get()) {
        for (Part part : parts) {
          element(part);
        }
        embedded.add(wanted.get(at));
      }
    });
    int left = resources.pictures().size() - embedded.size();
    if (left > 0) {
      notes.add(left + " of " + resources.pictures().size() + " pictures are left out");
    }
    return embedded;
  }

  private void addEdges(List<Integer> embedded, double share) throws IOException {
    List<String> names = embedded.stream().map(resources::ofPicture)
        .flatMap(all -> all.subList(Math.min(NEEDED, all.size()), all.size()).stream()).toList();
    int left = add(names, share);
    if (left > 0) {
      notes.add("deblocking strengths and samples before deblocking, or the places of values, of some pictures are left out");
    }
  }

  private String addDetails(List<Integer> embedded) throws IOException {
    List<String> names = embedded.stream().flatMap(id -> resources.details(id).stream()).toList();
    int count = names.size();
    int left = add(names, 1);
    if (left > 0) {
      notes.add("the details of macroblocks are left out of " + left + " of " + count + " parts of pictures");
    }
    boolean complete = left == 0 && embedded.size() == resources.pictures().size();
    return complete ? "all" : left < count ? "some" : "none";
  }

  /** A resource as it stands in the file; no bytes where there is none of that name. */
  private record Part(String name, byte[] packed) {
    static Part of(String name, byte[] content) throws IOException {
      return new Part(name, content == null ? new byte[0] : HtmlPage.packed(content));
    }
  }

  /** What a picture is not shown without. The last of the names are made first, as the others come of the same work. */
  private List<Part> pictureOf(int id) throws IOException {
    List<Part> parts = new ArrayList<>();
    for (String name : resources.ofPicture(id).subList(0, NEEDED).reversed()) {
      parts.addFirst(Part.of(name, resources.get(name)));
    }
    return parts;
  }

  /** Adds resources, as far as there are such, up to the first that does not fit; gives the number of those left out. */
  private int add(List<String> names, double share) throws IOException {
    AtomicInteger added = new AtomicInteger();
    AtomicBoolean full = new AtomicBoolean();
    inOrder(names.size(), at -> Part.of(names.get(at), full.get() ? null : resources.get(names.get(at))), (at, part) -> {
      full.compareAndSet(false, part.packed.length > 0 && !fits(part.packed, share));
      if (!full.get()) {
        element(part);
        added.incrementAndGet();
      }
    });
    return names.size() - added.get();
  }

  private interface Produce<T> {
    T of(int index) throws IOException;
  }

  private interface Consume<T> {
    void accept(int index, T result) throws IOException;
  }

  /** Resources are made and packed by all workers, and written in order. */
  private <T> void inOrder(int count, Produce<T> produce, Consume<T> consume) throws IOException {
    try {
      workers.<T>forEachInOrder(count, at -> {
        try {
          return produce.of(at);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }, (at, result) -> {
        try {
          consume.accept(at, result);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static byte[] packed(byte[] content) throws IOException {
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(LEVEL, true);
    try (DeflaterOutputStream stream = new DeflaterOutputStream(deflated, deflater, 1 << 16)) {
      stream.write(content);
    } finally {
      deflater.end();
    }
    return Base64.getEncoder().encode(deflated.toByteArray());
  }

  private void element(Part part) throws IOException {
    if (part.packed.length > 0) {
      text("<script type=\"application/octet-stream\" id=\"r:" + part.name + "\">");
      out.write(part.packed);
      bytes += part.packed.length;
      text("</script>\n");
    }
  }

  private void text(String text) throws IOException {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    out.write(encoded);
    bytes += encoded.length;
  }
}
