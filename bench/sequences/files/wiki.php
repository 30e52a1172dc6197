<?php // A small wiki with the fault that the attacks use: it includes what it is told to.
$dir = "/var/www/pages"; @mkdir($dir);
$page = preg_replace('/\W/', '', $_GET["page"] ?? "Home");
if (($_GET["do"] ?? "") === "save") { file_put_contents("$dir/" . preg_replace('/\W/', '', $_POST["page"]), $_POST["text"]); header("Location: wiki.php"); exit; }
if (isset($_GET["theme"])) { include $_GET["theme"]; }
session_start(); $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;
echo "<html><h1>$page</h1><ul>"; foreach (scandir($dir) as $f) { if ($f[0] !== ".") { echo "<li><a href='wiki.php?page=$f'>$f</a> " . filesize("$dir/$f"); } }
echo "</ul><p>", htmlspecialchars(@file_get_contents("$dir/$page")), "<p>", date("c"), gethostbyname("localhost");
$db = @mysqli_connect("localhost", "wiki", "wiki-word", "wiki"); if ($db) { mysqli_query($db, "insert into hits values('$page')"); $r = mysqli_query($db, "select count(*) from hits"); echo mysqli_fetch_row($r)[0]; }
