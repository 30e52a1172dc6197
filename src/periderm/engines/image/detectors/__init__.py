"""The image detectors, one idea a file. `periderm.engines.image.DETECTORS` lists them in order."""
