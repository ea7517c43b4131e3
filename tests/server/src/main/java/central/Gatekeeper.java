package central;

import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings.ClientIdStrategyEnum;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Stands before the server: 401 unless a request carries the token, and faults on demand.
 *
 * <p>{@code POST /fault?kind=KIND&n=N} lets the next N writes (PUT and POST below /fhir) meet one:
 * <ul>
 * <li>{@code lose}: carried out, but the answer is lost on the way; the client sees 502, as from a proxy;
 * <li>{@code busy}: not carried out, 503 with Retry-After: 1;
 * <li>{@code cut}: carried out, half of the answer arrives;
 * <li>{@code slow}: carried out, the answer takes a while (a client can be killed meanwhile).
 * </ul>
 * {@code kind=own-ids} is none of these: with n=1 the server gives new resources ids of its own from then on and takes
 * nobody else's, with n=0 no longer.
 */
final class Gatekeeper implements Filter {
  private static final long SLOW_MS = 3000;

  private final String authorization;
  private final JpaStorageSettings storage;
  private final Deque<String> faults = new ArrayDeque<>();

  Gatekeeper(String token, JpaStorageSettings storage) {
    authorization = "Bearer " + token;
    this.storage = storage;
  }

  @Override public void doFilter(ServletRequest in, ServletResponse out, FilterChain next)
      throws IOException, ServletException {
    var request = (HttpServletRequest) in;
    var response = (HttpServletResponse) out;
    if (!authorization.equals(request.getHeader("Authorization"))) {
      response.sendError(401);
    } else if (request.getRequestURI().equals("/fault")) {
      add(request.getParameter("kind"), Integer.parseInt(request.getParameter("n")));
    } else {
      answer(request, response, next);
    }
  }

  private synchronized void add(String kind, int n) {
    if (kind.equals("own-ids")) {
      storage.setResourceClientIdStrategy(n > 0 ? ClientIdStrategyEnum.NOT_ALLOWED : ClientIdStrategyEnum.ALPHANUMERIC);
      return;
    }
    faults.clear();
    for (int i = 0; i < n; i++) {
      faults.add(kind);
    }
  }

  private synchronized String take(HttpServletRequest request) {
    var isWrite = request.getMethod().equals("PUT") || request.getMethod().equals("POST");
    return isWrite && !faults.isEmpty() ? faults.poll() : "";
  }

  private void answer(HttpServletRequest request, HttpServletResponse response, FilterChain next)
      throws IOException, ServletException {
    switch (take(request)) {
      case "lose" -> {
        next.doFilter(request, new Kept(response));
        response.reset();
        response.sendError(502);
      }
      case "busy" -> {
        response.setHeader("Retry-After", "1");
        response.sendError(503);
      }
      case "cut" -> {
        var kept = new Kept(response);
        next.doFilter(request, kept);
        var bytes = kept.bytes.toByteArray();
        response.getOutputStream().write(bytes, 0, bytes.length / 2);
      }
      case "slow" -> {
        var kept = new Kept(response);
        next.doFilter(request, kept);
        try {
          Thread.sleep(SLOW_MS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        response.getOutputStream().write(kept.bytes.toByteArray());
      }
      default -> next.doFilter(request, response);
    }
  }

  /** Keeps the body instead of sending it. */
  private static final class Kept extends HttpServletResponseWrapper {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ServletOutputStream stream = new ServletOutputStream() {
      @Override public void write(int b) { bytes.write(b); }
      @Override public boolean isReady() { return true; }
      @Override public void setWriteListener(WriteListener listener) { }
    };
    private final PrintWriter writer = new PrintWriter(stream, true, java.nio.charset.StandardCharsets.UTF_8);

    Kept(HttpServletResponse response) { super(response); }

    @Override public ServletOutputStream getOutputStream() { return stream; }
    @Override public PrintWriter getWriter() { return writer; }
    @Override public void flushBuffer() { writer.flush(); }
  }
}
