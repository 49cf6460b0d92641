from odoo import models


class ResUsers(models.Model):
    """Users have their partner's Telegram fields; the buttons are the partner's."""

    _inherit = "res.users"

    def action_open_telegram(self):
        return self.partner_id.action_open_telegram()

    def action_telegram_invite(self):
        return self.partner_id.action_telegram_invite()
