"""Settings of a small web shop."""

from pynenc_conf import ConfigBase, ConfigField


class ConfigShop(ConfigBase):
    """Settings of the shop."""

    currency = ConfigField("EUR", doc="Currency of all prices.")
    max_items = ConfigField(20, ge=1, doc="Maximum number of items in a cart.")
    admins: ConfigField[tuple[str, ...]] = ConfigField((), doc="Names of all admins.")
    api_key = ConfigField("", secret=True, doc="Key of the payment service.")
