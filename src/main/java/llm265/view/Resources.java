package llm265.view;

import java.io.IOException;
import java.util.List;

/**
 * What a page shows, under names: each resource is made when it is asked for. Names, their contents and which are made on request
 * only are in docs/view.md. Several threads may ask at a time.
 */
public interface Resources {
  /**
   * The bytes of a resource.
   *
   * @return null if there is none of that name
   * @throws IOException if a file cannot be read
   */
  byte[] get(String name) throws IOException;

  /**
   * The resource index.json, for a page that has only some of the resources.
   *
   * @param detail which macroblocks have details: {@code all}, {@code some} or {@code none}
   * @param notes what is left out, in words
   * @param embedded the pictures that the page has; their sums are in the index
   */
  byte[] index(String detail, List<String> notes, List<Integer> embedded) throws IOException;

  /** The numbers of the pictures, in decoding order. */
  List<Integer> pictures();

  /**
   * The names of a picture's resources without its details, in the order in which a page needs them.
   *
   * @param picture one of {@link #pictures}
   */
  List<String> ofPicture(int picture);

  /** The names of the details of a picture's macroblocks. */
  List<String> details(int picture);

  /** The names of what belongs to no picture, without index.json. */
  List<String> others();
}
