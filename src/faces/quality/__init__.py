"""How good a swap is: measures that compare frames of the original with the same frames of the result.

Each measure is fed frame by frame and knows no file. `faces.quality.report` puts them together.
"""
