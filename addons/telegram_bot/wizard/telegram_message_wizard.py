from odoo import fields, models


class TelegramMessageWizard(models.TransientModel):
    """Answers a customer in a dialog, where the conversation is not on the screen."""

    _name = "telegram.message.wizard"
    _description = "Telegram reply"

    telegram_user_id = fields.Many2one("telegram.user", "Telegram user", required=True, ondelete="cascade")
    reply_to_message_id = fields.Many2one("telegram.message", "Reply to", ondelete="set null")
    text = fields.Text(required=True)

    def action_send(self):
        """Hands the answer to the worker and closes the dialog."""
        self.ensure_one()
        self.telegram_user_id._send(self.text, self.reply_to_message_id)
        return {"type": "ir.actions.act_window_close"}
