"""Who speaks: an endpoint, local weights, a reference subject."""
