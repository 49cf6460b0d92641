from odoo import _, api, fields, models


class TelegramInvitation(models.TransientModel):
    """Shows an invitation. Its record is never saved, so that the link is nowhere but on the operator's screen."""

    _name = "telegram.invitation"
    _description = "Telegram invitation"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    link = fields.Char("Invitation link", readonly=True)
    hours = fields.Integer("Valid for, hours", readonly=True)

    @api.model
    def _action_for(self, partner):
        worker = self.env["telegram.worker"]
        link = worker._invite_link(partner)
        return {
            "type": "ir.actions.act_window",
            "name": _("Invite %s to Telegram", partner.display_name),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_id": partner.id,
                "default_link": link,
                "default_hours": worker._invitation_hours(),
            },
        }
