"""`ports.guard.Guard` by fanotify: refuses an exec before it happens, watched so that it never holds anybody up."""
