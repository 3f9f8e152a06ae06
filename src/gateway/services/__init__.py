"""What the gateway can do, as plain async functions: pages and API both call these."""
