package llm265.view.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import llm265.view.Resources;
import llm265.view.StreamView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageServerTest {
  private StreamView view;
  private PageServer server;

  @BeforeEach
  void start() throws IOException {
    view = StreamView.open("name", MemorySegment.ofArray(Files.readAllBytes(Path.of("golden-vectors/syn-slices.264"))));
    server = PageServer.start(view, 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpURLConnection open(String path) throws IOException {
    return (HttpURLConnection) URI.create(server.address() + path).toURL().openConnection();
  }

  @Test
  void pageAndResourcesAreServed() throws IOException {
    HttpURLConnection page = open("");
    assertThat(page.getResponseCode()).isEqualTo(200);
    assertThat(page.getContentType()).startsWith("text/html");
    for (String name : new String[] {"index.json", "picture/0/planes", "picture/0/macroblocks", "picture/0/detail/0"}) {
      try (InputStream in = open("r/" + name).getInputStream()) {
        assertThat(in.readAllBytes()).as(name).isEqualTo(view.get(name));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "pom.xml", "r/", "r/picture/9/planes", "r/../pom.xml", "r/..%2f..%2fpom.xml", "r//etc/passwd", "r/picture/0/detail/7",
    "r/picture/0/planes/", "style.css", "r/b/index.json"
  })
  void nothingElseIsServed(String path) throws IOException {
    assertThat(open(path).getResponseCode()).isEqualTo(404);
  }

  /** A request that takes long, such as the sums of a long stream, must not keep the page from its pictures. */
  @Test
  void aSlowRequestKeepsNobodyFromTheRest() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    Resources slow = (Resources) Proxy.newProxyInstance(
        Resources.class.getClassLoader(), new Class<?>[] {Resources.class}, (proxy, method, arguments) -> {
          if (arguments[0].equals("statistics")) {
            asked.countDown();
            assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
          }
          return new byte[] {1};
        });
    try (PageServer other = PageServer.start(slow, 0); ExecutorService client = Executors.newSingleThreadExecutor()) {
      URI address = URI.create(other.address() + "r/");
      Future<Integer> statistics =
          client.submit(() -> ((HttpURLConnection) address.resolve("statistics").toURL().openConnection()).getResponseCode());
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      try (InputStream in = address.resolve("picture/0/planes").toURL().openStream()) {
        assertThat(in.readAllBytes()).containsExactly(1);
      }
      answered.countDown();
      assertThat(statistics.get()).isEqualTo(200);
    }
  }

  @Test
  void otherMethodsAreRefused() throws IOException {
    HttpURLConnection connection = open("r/index.json");
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.getOutputStream().write(1);
    assertThat(connection.getResponseCode()).isEqualTo(405);
  }

  @Test
  void namesOfOtherMachinesAreRefused() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", URI.create(server.address()).getPort())) {
      socket.getOutputStream().write(
          "GET /r/index.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 403");
    }
  }
}
