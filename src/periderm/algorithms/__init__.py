"""Methods that two capabilities need and that know neither: pure and law-tested."""
