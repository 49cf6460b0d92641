from xmlrpc.client import MAXINT, MININT

from odoo import fields


class BigInteger(fields.Integer):
    """An integer of 64 bits: Telegram's ids outgrow the int4 of `fields.Integer`.

    Its `type` stays `integer`, so views and domains treat it as one.
    """

    column_type = ("int8", "int8")
    # An int4 column is widened in place, where the default is to rename it and to begin an empty one.
    column_cast_from = ("int4",)
    # The sum of ids says nothing.
    group_operator = None

    def convert_to_read(self, value, record, use_display_name=True):
        """XML-RPC has integers of 32 bits only: larger ones go as floats, exact up to 2^53, and Telegram's have 52 bits.

        `fields.Integer` does so too, but not for the negative ids of groups.
        """
        if value and not MININT <= value <= MAXINT:
            return float(value)
        return value
