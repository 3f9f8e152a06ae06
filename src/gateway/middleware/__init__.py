"""What every request goes through, from outside in: id and log, errors, who asks, how often, forgery."""
