package llm265.oracle.suite;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import llm265.checkpoint.file.OutputFile;
import llm265.checkpoint.file.PrintableText;
import llm265.oracle.suite.SuiteResult.Outcome;

/** Results as CI systems read them: a {@code testsuite} element in JUnit's format, with a test case for each stream. */
public final class JUnitReport {
  private static final String TYPE = "llm265.verify";

  private JUnitReport() {}

  /**
   * Writes a report.
   *
   * @param suite name of the suite
   * @param seconds time of the whole run
   */
  public static void write(Path file, String suite, List<SuiteResult> results, double seconds) throws IOException {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", PrintableText.of(suite));
      xml.writeAttribute("tests", Integer.toString(results.size()));
      xml.writeAttribute("failures", Long.toString(count(results, Outcome.FAILED)));
      xml.writeAttribute("errors", "0");
      xml.writeAttribute("skipped", Long.toString(count(results, Outcome.LEFT_OUT)));
      xml.writeAttribute("time", time(seconds));
      for (SuiteResult result : results) {
        write(xml, suite, result);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeCharacters("\n");
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(file + ": cannot be written as XML: " + e.getMessage(), e);
    }
    try (OutputFile out = OutputFile.create(file)) {
      out.write(MemorySegment.ofArray(text.toString().getBytes(StandardCharsets.UTF_8)));
      out.commit();
    }
  }

  private static long count(List<SuiteResult> results, Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).count();
  }

  private static String time(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }

  private static void write(XMLStreamWriter xml, String suite, SuiteResult result) throws XMLStreamException {
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testcase");
    xml.writeAttribute("name", PrintableText.of(result.stream().name()));
    xml.writeAttribute("classname", PrintableText.of(suite));
    xml.writeAttribute("time", time(result.seconds()));
    String message = PrintableText.of(result.message());
    if (result.outcome() == Outcome.FAILED) {
      xml.writeStartElement("failure");
      xml.writeAttribute("message", message);
      xml.writeAttribute("type", TYPE);
      StringBuilder lines = new StringBuilder(message);
      result.syntax().forEach(line -> lines.append('\n').append(PrintableText.of(line)));
      xml.writeCharacters(lines.toString());
      xml.writeEndElement();
    } else if (result.outcome() == Outcome.LEFT_OUT) {
      xml.writeStartElement("skipped");
      xml.writeAttribute("message", message);
      xml.writeEndElement();
    } else if (!message.isEmpty()) {
      xml.writeStartElement("system-out");
      xml.writeCharacters(message);
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }
}
