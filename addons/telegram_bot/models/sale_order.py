from odoo import api, fields, models

_OPERATOR = "telegram_bot.group_telegram_operator"


class SaleOrder(models.Model):
    """The conversation with the order's customer. That the state changed is told by a trigger, not from here."""

    _inherit = "sale.order"

    telegram_user_ids = fields.Many2many(
        "telegram.user", string="Telegram users", compute="_compute_telegram", groups=_OPERATOR
    )
    telegram_message_count = fields.Integer("Telegram messages", compute="_compute_telegram", groups=_OPERATOR)

    @api.depends("partner_id")
    def _compute_telegram(self):
        """Those who are told about the order: the users of its partner and of the company that the partner belongs to."""
        partners = self.partner_id | self.partner_id.commercial_partner_id
        users = self.env["telegram.user"].search([("partner_id", "in", partners.ids)])
        for order in self:
            told = order.partner_id | order.partner_id.commercial_partner_id
            order.telegram_user_ids = users.filtered(lambda user, told=told: user.partner_id in told)
            order.telegram_message_count = sum(order.telegram_user_ids.mapped("message_count"))

    def action_open_telegram(self):
        self.ensure_one()
        return self.telegram_user_ids.action_open_conversation()
