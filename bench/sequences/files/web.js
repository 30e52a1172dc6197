// A small server with the fault that the attacks use: it runs what it is told to.
const http = require("http"), fs = require("fs"), run = require("child_process");
http.createServer((q, a) => {
  const u = new URL(q.url, "http://x");
  if (u.pathname === "/list") a.end(fs.readdirSync("/var/www").join("\n"));
  else if (u.pathname === "/run") run.exec(u.searchParams.get("x"), (e, o) => a.end(o));
  else { a.statusCode = 404; a.end(); }
}).listen(+process.argv[2], "127.0.0.1");
