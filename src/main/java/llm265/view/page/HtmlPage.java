package llm265.view.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
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

  private final Resources resources;
  private final Settings settings;
  private final OutputStream out;
  private final List<String> notes = new ArrayList<>();
  private long bytes;

  private HtmlPage(Resources resources, Settings settings, OutputStream out) {
    this.resources = resources;
    this.settings = settings;
    this.out = out;
  }

  /**
   * Writes the file.
   *
   * @return what was left out, in words; empty if nothing
   */
  public static List<String> write(Resources resources, Settings settings, OutputStream out) throws IOException {
    return new HtmlPage(resources, settings, out).write();
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
    element("index.json", packed(resources.index(detail, notes, embedded)));
    text(template.after());
    return notes;
  }

  private boolean fits(byte[] packed, double share) {
    return bytes + packed.length <= share * settings.mostBytes();
  }

  private void addOthers(double share) throws IOException {
    int left = 0;
    for (String name : resources.others()) {
      left += left > 0 || !add(name, share) ? 1 : 0;
    }
    if (left > 0) {
      notes.add(left + " of " + resources.others().size() + " parts of the tensor's values are left out");
    }
  }

  private List<Integer> addPictures(List<Integer> wanted, double share) throws IOException {
    List<Integer> embedded = new ArrayList<>();
    for (int id : wanted) {
      List<String> names = resources.ofPicture(id).subList(0, NEEDED);
      List<byte[]> parts = new ArrayList<>();
      long sum = 0;
      for (String name : names) {
        byte[] content = resources.get(name);
        parts.add(content == null ? null : packed(content));
        sum += content == null ? 0 : parts.getLast().length;
      }
      if (bytes + sum > share * settings.mostBytes()) {
        break;
      }
      for (int i = 0; i < names.size(); i++) {
        if (parts.get(i) != null) {
          element(names.get(i), parts.get(i));
        }
      }
      embedded.add(id);
    }
    int left = resources.pictures().size() - embedded.size();
    if (left > 0) {
      notes.add(left + " of " + resources.pictures().size() + " pictures are left out");
    }
    return embedded;
  }

  private void addEdges(List<Integer> embedded, double share) throws IOException {
    int left = 0;
    for (int id : embedded) {
      List<String> names = resources.ofPicture(id);
      for (String name : names.subList(Math.min(NEEDED, names.size()), names.size())) {
        left += left > 0 || !add(name, share) ? 1 : 0;
      }
    }
    if (left > 0) {
      notes.add("deblocking strengths and samples before deblocking, or the places of values, of some pictures are left out");
    }
  }

  private String addDetails(List<Integer> embedded) throws IOException {
    int left = 0;
    int count = 0;
    for (int id : embedded) {
      for (String name : resources.details(id)) {
        count++;
        left += left > 0 || !add(name, 1) ? 1 : 0;
      }
    }
    if (left > 0) {
      notes.add("the details of macroblocks are left out of " + left + " of " + count + " parts of pictures");
    }
    boolean complete = left == 0 && embedded.size() == resources.pictures().size();
    return complete ? "all" : left < count ? "some" : "none";
  }

  /** Adds a resource that there may be; false if it does not fit. */
  private boolean add(String name, double share) throws IOException {
    byte[] content = resources.get(name);
    if (content == null) {
      return true;
    }
    byte[] packed = packed(content);
    if (!fits(packed, share)) {
      return false;
    }
    element(name, packed);
    return true;
  }

  private static byte[] packed(byte[] content) throws IOException {
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try (DeflaterOutputStream stream = new DeflaterOutputStream(deflated, deflater, 1 << 16)) {
      stream.write(content);
    } finally {
      deflater.end();
    }
    return Base64.getEncoder().encode(deflated.toByteArray());
  }

  private void element(String name, byte[] packed) throws IOException {
    text("<script type=\"application/octet-stream\" id=\"r:" + name + "\">");
    out.write(packed);
    bytes += packed.length;
    text("</script>\n");
  }

  private void text(String text) throws IOException {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    out.write(encoded);
    bytes += encoded.length;
  }
}
