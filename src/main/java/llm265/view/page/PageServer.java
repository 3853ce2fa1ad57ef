package llm265.view.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import llm265.h264.StreamException;
import llm265.view.Resources;

/**
 * Serves the page and its resources to this machine only: / is the page, /r/NAME a resource. It knows no files, only names of
 * resources.
 */
public final class PageServer implements AutoCloseable {
  private static final String RESOURCE = "/r/";

  /** What not every picture and tensor has, and what browsers ask for. */
  private static final Pattern OPTIONAL =
      Pattern.compile("/favicon\\.ico|/r/(b/)?(picture/\\d+/(unfiltered|map|strengths)|tensor/.*)");

  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int NO_CONTENT = 204;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int SERVER_ERROR = 500;

  /** Requests that are answered at a time. Each may hold a decoded picture, so that they are few. */
  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService executor;
  private final Resources resources;
  private final byte[] page;

  private PageServer(HttpServer server, ExecutorService executor, Resources resources, byte[] page) {
    this.server = server;
    this.executor = executor;
    this.resources = resources;
    this.page = page;
  }

  /**
   * Starts a server, which answers a few requests at a time: one that takes long keeps nobody from the rest.
   *
   * @param port 0 for any that is free
   * @throws IOException if the port is taken
   */
  public static PageServer start(Resources resources, int port) throws IOException {
    PageTemplate template = PageTemplate.load();
    byte[] page = (template.before() + template.after()).getBytes(StandardCharsets.UTF_8);
    HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    ExecutorService executor = Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().daemon().factory());
    PageServer server = new PageServer(http, executor, resources, page);
    http.setExecutor(executor);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /** The address of the page. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (!isForUs(exchange)) {
        answer(exchange, FORBIDDEN, "text/plain", "only for this machine".getBytes(StandardCharsets.UTF_8));
      } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        answer(exchange, METHOD_NOT_ALLOWED, "text/plain", new byte[0]);
      } else if (path.equals("/") || path.equals("/index.html")) {
        answer(exchange, OK, "text/html; charset=utf-8", page);
      } else {
        answerResource(exchange, path);
      }
    }
  }

  /** Whether a request names this machine: a page from elsewhere may not read through a name that leads here. */
  private boolean isForUs(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    int port = server.getAddress().getPort();
    return host != null && Set.of("127.0.0.1:" + port, "localhost:" + port).contains(host);
  }

  private void answerResource(HttpExchange exchange, String path) throws IOException {
    byte[] content = null;
    try {
      if (path.startsWith(RESOURCE)) {
        content = resources.get(path.substring(RESOURCE.length()));
      }
    } catch (StreamException | IOException | IllegalArgumentException e) {
      byte[] message = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
      answer(exchange, SERVER_ERROR, "text/plain; charset=utf-8", message);
      return;
    }
    if (content == null && OPTIONAL.matcher(path).matches()) {
      // Pages ask for what a stream may have; browsers would report each 404 as an error.
      answer(exchange, NO_CONTENT, "application/octet-stream", new byte[0]);
    } else if (content == null) {
      answer(exchange, NOT_FOUND, "text/plain", "no such resource".getBytes(StandardCharsets.UTF_8));
    } else {
      answer(exchange, OK, "application/octet-stream", content);
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] content) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    boolean bodyless = exchange.getRequestMethod().equals("HEAD") || content.length == 0;
    exchange.sendResponseHeaders(status, bodyless ? -1 : content.length);
    if (!bodyless) {
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(content);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdown();
  }
}
