package llm265.oracle.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import llm265.oracle.suite.SuiteResult.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class JUnitReportTest {
  @TempDir private Path folder;

  private static SuiteResult result(String name, Outcome outcome, String message, String... syntax) {
    SuiteStream stream = new SuiteStream(name, Path.of(name), false, 1, "", ExpectedSamples.NONE, "", "");
    return new SuiteResult(stream, outcome, message, List.of(syntax), "", 1.5);
  }

  @Test
  void aReportIsValidAndHasEveryResult() throws Exception {
    Path file = folder.resolve("report.xml");
    JUnitReport.write(file, "a <suite> & \u0001", List.of(
        result("good.264", Outcome.PASSED, ""),
        result("told.264", Outcome.PASSED, "the I pictures"),
        result("bad\u0007\"<.264", Outcome.FAILED, "picture 1 & \u001b[31m", "macroblock 3", "  mb_type ]]> 0"),
        result("deep.264", Outcome.LEFT_OUT, "not for NVDEC: 10 bits a sample")), 2.25);

    SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(Objects.requireNonNull(JUnitReportTest.class.getResource("junit-report.xsd")))
        .newValidator().validate(new StreamSource(file.toFile()));
    Element suite = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()).getDocumentElement();
    assertThat(suite.getAttribute("tests")).isEqualTo("4");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(suite.getAttribute("skipped")).isEqualTo("1");
    assertThat(suite.getAttribute("time")).isEqualTo("2.250");
    Element failed = (Element) suite.getElementsByTagName("testcase").item(2);
    assertThat(failed.getAttribute("name")).isEqualTo("bad\\u0007\"<.264");
    assertThat(failed.getElementsByTagName("failure").item(0).getTextContent())
        .isEqualTo("picture 1 & \\u001b[31m\nmacroblock 3\n  mb_type ]]> 0");
    assertThat(((Element) suite.getElementsByTagName("skipped").item(0)).getAttribute("message")).startsWith("not for NVDEC");
    assertThat(suite.getElementsByTagName("system-out").getLength()).isEqualTo(1);
    assertThat(Files.readString(file)).startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
  }
}
