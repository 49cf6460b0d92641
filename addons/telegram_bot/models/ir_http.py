from odoo import models


class IrHttp(models.AbstractModel):
    """Tells the web client whether the user is an operator, so that others load and ask nothing."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        if self.env.user.has_group("telegram_bot.group_telegram_operator"):
            info["telegram_unread_count"] = self.env["telegram.message"].get_unread_count()
        return info
