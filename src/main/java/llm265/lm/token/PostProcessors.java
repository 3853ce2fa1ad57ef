package llm265.lm.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The kinds of post-processors, and which of them a file names. */
final class PostProcessors {
  private static final int[] TEXT = {};

  private PostProcessors() {}

  /** Reads the part "post_processor" of a file, or one of the parts in it. */
  static PostProcessor read(Part part) {
    return switch (part.type()) {
      // It is about where tokens lie in the text.
      case "ByteLevel" -> (ids, adds) -> ids;
      case "BertProcessing", "RobertaProcessing" -> around(tokenId(part, "cls"), tokenId(part, "sep"));
      case "TemplateProcessing" -> template(part);
      case "Sequence" -> sequence(part);
      default -> throw part.unknown();
    };
  }

  /** One token before the text and one after it. */
  static PostProcessor around(int before, int after) {
    return template(List.of(new int[] {before}, TEXT, new int[] {after}));
  }

  /** A token with its id, as a list of two. */
  private static int tokenId(Part part, String name) {
    JsonNode token = part.array(name);
    if (token.size() != 2) {
      throw part.refused("needs a token and its id as " + name);
    }
    return part.id(token.get(1), name);
  }

  private static PostProcessor sequence(Part part) {
    List<PostProcessor> steps = new ArrayList<>();
    boolean hasTokens = false;
    for (Part step : part.parts("processors")) {
      if (hasTokens && !step.type().equals("ByteLevel")) {
        throw part.refused("has a processor after one that adds tokens");
      }
      hasTokens |= !step.type().equals("ByteLevel");
      steps.add(read(step));
    }
    return (ids, adds) -> {
      int[] processed = ids;
      for (PostProcessor step : steps) {
        processed = step.process(processed, adds);
      }
      return processed;
    };
  }

  private static PostProcessor template(Part part) {
    List<int[]> items = new ArrayList<>();
    for (Part item : part.parts("single")) {
      if (item.has("Sequence")) {
        if (!item.requiredPart("Sequence").text("id").equals("A")) {
          throw item.refused("has another sequence than A, and there is one text only");
        }
        items.add(TEXT);
      } else {
        items.add(specialIds(part, item.requiredPart("SpecialToken").text("id")));
      }
    }
    return template(items);
  }

  private static int[] specialIds(Part part, String name) {
    Part tokens = part.requiredPart("special_tokens");
    JsonNode token = tokens.node().get(name);
    if (token == null || !token.isObject()) {
      throw tokens.refused("has no token ", name);
    }
    Part special = new Part(part.file(), tokens.place() + "." + name, token);
    JsonNode list = special.array("ids");
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = special.id(list.get(i), "ids");
    }
    return ids;
  }

  private static PostProcessor template(List<int[]> items) {
    return (ids, adds) -> {
      IdList processed = new IdList();
      for (int[] item : items) {
        if (item == TEXT) {
          processed.addAll(ids);
        } else if (adds) {
          processed.addAll(item);
        }
      }
      return processed.toArray();
    };
  }
}
