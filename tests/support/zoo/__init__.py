"""A zoo of misbehaving servers, all real, all on loopback; ``python -m support.zoo`` opens it in its own process."""
