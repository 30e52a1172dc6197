<?php
// Reads, computes, keeps a session and a temporary file, as a small application does.
session_start();
$_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
$file = tempnam(sys_get_temp_dir(), 'app');
file_put_contents($file, str_repeat(md5((string) $_SESSION['n']), 100));
echo strlen(file_get_contents($file)), "\n";
unlink($file);
include __DIR__ . '/parts/' . (isset($_GET['part']) && ctype_alpha($_GET['part']) ? $_GET['part'] : 'home') . '.php';
