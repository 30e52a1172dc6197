"""CSAF 2.0: the product tree that all documents share, vendors' whole feeds about their own distributions, and VEX
documents about other people's products. Names only."""
