"""Weights: taken from the files that people have without running a line of their code, kept as safetensors.

Nothing here needs torch: what a file says is read by numpy.

    open_weights  ──►  tensors by name  ──►  family, fit  ──►  a safetensors file
    (torch, safetensors)                                         (conversion, in the sandbox)
"""
