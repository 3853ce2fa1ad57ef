package llm265.quantized;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;

/** The layout of {@code json.dumps(..., indent=2)}. */
final class PythonLayout extends DefaultPrettyPrinter {
  private static final long serialVersionUID = 1L;
  private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

  PythonLayout() {
    super(Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
    indentArraysWith(LINES);
    indentObjectsWith(LINES);
  }

  @Override
  public DefaultPrettyPrinter createInstance() {
    return new PythonLayout();
  }

  @Override
  public void writeEndObject(JsonGenerator out, int entries) throws IOException {
    end(out, entries, '}');
  }

  @Override
  public void writeEndArray(JsonGenerator out, int entries) throws IOException {
    end(out, entries, ']');
  }

  private void end(JsonGenerator out, int entries, char bracket) throws IOException {
    _nesting--;
    if (entries > 0) {
      LINES.writeIndentation(out, _nesting);
    }
    out.writeRaw(bracket);
  }
}
