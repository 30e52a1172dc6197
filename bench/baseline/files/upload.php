<?php
// Takes a picture. The fault: its name is not looked at, so a picture may be a program.
$name = '/var/www/html/uploads/' . basename($_FILES['file']['name']);
move_uploaded_file($_FILES['file']['tmp_name'], $name);
echo filesize($name), "\n";
