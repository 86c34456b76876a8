"""The workers of an application, as `pynenc-conf fleet` shows them."""
