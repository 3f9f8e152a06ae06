"""Where bytes come from: files, and URLs by ranges."""
