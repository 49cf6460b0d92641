from odoo import api, fields, models

_OPERATOR = "telegram_bot.group_telegram_operator"


class ResPartner(models.Model):
    """The partner's Telegram."""

    _inherit = "res.partner"

    telegram_user_ids = fields.One2many("telegram.user", "partner_id", "Telegram users", groups=_OPERATOR)
    telegram_user_id = fields.Many2one(
        "telegram.user", "Main Telegram", compute="_compute_telegram_user", groups=_OPERATOR
    )
    has_telegram = fields.Boolean(
        compute="_compute_telegram_user", search="_search_has_telegram", groups=_OPERATOR
    )
    telegram_message_count = fields.Integer(
        "Telegram messages", compute="_compute_telegram_message_counts", groups=_OPERATOR
    )
    telegram_unread_count = fields.Integer(
        "Unread Telegram messages", compute="_compute_telegram_message_counts", groups=_OPERATOR
    )

    @api.depends("telegram_user_ids.is_verified")
    def _compute_telegram_user(self):
        for partner in self:
            users = partner.telegram_user_ids
            partner.telegram_user_id = users.filtered("is_verified")[:1] or users[:1]
            partner.has_telegram = bool(users)

    @api.model
    def _search_has_telegram(self, operator, value):
        has = (operator == "=") == bool(value)
        return [("telegram_user_ids", "!=" if has else "=", False)]

    def _compute_telegram_message_counts(self):
        messages = self.env["telegram.message"]
        belongs = [("partner_id", "in", self.ids)]
        total = dict(messages._read_group(belongs, ["partner_id"], ["__count"]))
        unread = dict(messages._read_group(belongs + messages._unread_domain(), ["partner_id"], ["__count"]))
        for partner in self:
            partner.telegram_message_count = total.get(partner._origin, 0)
            partner.telegram_unread_count = unread.get(partner._origin, 0)

    def action_open_telegram(self):
        """The conversation with this partner."""
        self.ensure_one()
        return self.telegram_user_ids.action_open_conversation()

    def action_telegram_invite(self):
        """A link for the customer. It is shown and not kept: whoever has it is taken for this partner."""
        self.ensure_one()
        self.check_access_rights("read")
        self.check_access_rule("read")
        # Only operators: the fields that show the button say so, and this is called without them as well.
        self.env["telegram.user"].check_access_rights("create")
        return self.env["telegram.invitation"]._action_for(self)
