"""The networks of SimSwap in plain torch, by the names that published checkpoints give to their parts."""
