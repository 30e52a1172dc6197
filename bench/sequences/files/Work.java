import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

/** An ordinary job: reads files, counts words on a few threads, writes a result. */
public final class Work {
  public static void main(String[] a) throws Exception {
    var pool = Executors.newFixedThreadPool(3);
    var all = new ArrayList<Future<Integer>>();
    try (var files = Files.list(Path.of("/usr/share/common-licenses"))) {
      for (var file : files.toList()) all.add(pool.submit(() -> Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).split("\\s+").length));
    }
    int sum = Integer.parseInt(a[0]);
    for (var each : all) sum += each.get();
    pool.shutdown();
    Files.writeString(Path.of("/tmp/java" + a[0]), "" + sum);
    var c = (java.net.HttpURLConnection) new java.net.URL("http://localhost/").openConnection();
    System.out.println(sum + " " + c.getResponseCode() + " " + c.getInputStream().readAllBytes().length);
  }
}
