"""The web site and the API, where users come in; and the webhooks that go out."""
