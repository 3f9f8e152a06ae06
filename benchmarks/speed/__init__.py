"""How fast the swap is: its stages, the whole agent, and the generator beside what the device could do."""
