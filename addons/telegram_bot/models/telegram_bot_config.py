import secrets

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

_OPERATOR = "telegram_bot.group_telegram_operator"
_ADMINISTRATOR = "telegram_bot.group_telegram_administrator"


class TelegramBotConfig(models.Model):
    """A bot: its token, who answers for it, and how the worker does that serves it."""

    _name = "telegram.bot.config"
    _description = "Telegram bot configuration"
    _rec_name = "bot_name"
    _order = "active desc, id"

    bot_name = fields.Char("Bot name", required=True)
    bot_token = fields.Char(
        required=True, default="", copy=False, groups=_ADMINISTRATOR, help="The token that @BotFather gave you"
    )
    webhook_secret = fields.Char(
        required=True,
        copy=False,
        default=lambda self: self._new_secret(),
        groups=_ADMINISTRATOR,
        help="The end of the webhook's address, which nobody else can guess",
    )
    webhook_url = fields.Char("Webhook URL", compute="_compute_webhook_url", groups=_ADMINISTRATOR)
    use_webhook = fields.Boolean(
        "Use a webhook",
        help="Telegram posts the customers' messages to this server, which must be reachable from the internet by https. "
        "Otherwise the worker asks Telegram for them, which is as fast and needs no public address.",
    )
    active = fields.Boolean(default=False, help="The worker sends and receives for this bot")
    operator_user_ids = fields.Many2many(
        "res.users",
        "telegram_bot_operator_rel",
        "bot_id",
        "user_id",
        string="Operators",
        domain=[("share", "=", False)],
        help="Users who answer the customers: they are told of each new message, and get the rights of a Telegram operator",
    )

    problem = fields.Char("Not connected", compute="_compute_bot_state")
    bot_username = fields.Char("Username", compute="_compute_bot_state")
    webhook_state = fields.Selection(
        [("waiting", "Waiting for the worker"), ("done", "Done"), ("failed", "Failed")],
        "Webhook state",
        compute="_compute_bot_state",
    )
    webhook_answer = fields.Char("Answer", compute="_compute_bot_state")
    webhook_requested_at = fields.Datetime("Requested on", compute="_compute_bot_state")
    webhook_answered_at = fields.Datetime("Answered on", compute="_compute_bot_state")

    worker_state = fields.Selection(
        [("running", "Running"), ("stopped", "Not running")], "Worker", compute="_compute_worker_state"
    )
    worker_sender = fields.Char("Runs on", compute="_compute_worker_state")
    worker_instances = fields.Integer("Running instances", compute="_compute_worker_state")
    worker_waiting = fields.Char("Waiting messages", compute="_compute_worker_state")
    worker_oldest_waiting = fields.Datetime("Oldest waiting since", compute="_compute_worker_state")
    worker_paused_until = fields.Datetime("Paused by Telegram until", compute="_compute_worker_state")
    worker_last_error = fields.Char("Last error", compute="_compute_worker_state")
    worker_last_error_at = fields.Datetime("Time of the last error", compute="_compute_worker_state")

    @api.model
    def _new_secret(self):
        """What Telegram's webhook and a URL accept: letters, digits, - and _."""
        return secrets.token_urlsafe(32)

    @api.depends("webhook_secret")
    def _compute_webhook_url(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url", "").rstrip("/")
        for bot in self:
            bot.webhook_url = bot.webhook_secret and f"{base}/telegram/webhook/{bot.webhook_secret}"

    def _compute_bot_state(self):
        worker = self.env["telegram.worker"]
        problem = worker._problem()
        states = worker._bot_states(self.ids)
        for bot in self:
            state = states.get(bot._origin.id, {})
            bot.problem = problem
            bot.bot_username = state.get("username")
            bot.webhook_state = self._webhook_state(state)
            bot.webhook_answer = state.get("webhook_answer")
            bot.webhook_requested_at = state.get("webhook_requested_at")
            bot.webhook_answered_at = state.get("webhook_answered_at")

    @api.model
    def _webhook_state(self, state):
        if not state.get("webhook_action"):
            return False
        if not state["webhook_answered_at"]:
            return "waiting"
        return "done" if state["webhook_ok"] else "failed"

    def _compute_worker_state(self):
        state = self.env["telegram.worker"]._worker_state()
        waiting = state.get("waiting") or 0
        values = {
            "worker_state": state and ("running" if state["sender_alive"] else "stopped"),
            "worker_sender": state.get("sender"),
            "worker_instances": state.get("instances"),
            # The view counts so far and no further.
            "worker_waiting": state and (_("10,000 or more") if waiting >= 10000 else str(waiting)),
            "worker_oldest_waiting": state.get("oldest_waiting_since"),
            "worker_paused_until": state.get("paused_until"),
            "worker_last_error": state.get("last_error"),
            "worker_last_error_at": state.get("last_error_at"),
        }
        self.update({name: value or False for name, value in values.items()})

    @api.constrains("active")
    def _check_one_active(self):
        if any(self.mapped("active")) and self.search_count([("active", "=", True)], limit=2) > 1:
            raise ValidationError(_("Another bot is active already, and one database serves one bot."))

    @api.constrains("active", "bot_token")
    def _check_token(self):
        for bot in self.sudo():
            if bot.active and not bot.bot_token:
                raise ValidationError(_("An active bot needs the token that @BotFather gave you."))

    @api.constrains("operator_user_ids")
    def _check_operators(self):
        portal = self.operator_user_ids.filtered("share")
        if portal:
            raise ValidationError(_("Only internal users can be operators: %s", ", ".join(portal.mapped("name"))))

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            values["webhook_secret"] = values.get("webhook_secret") or self._new_secret()
        bots = super().create([self._clean(dict(values, bot_token=values.get("bot_token"))) for values in vals_list])
        bots._make_operators()
        return bots

    def write(self, vals):
        result = super().write(self._clean(vals))
        if "operator_user_ids" in vals:
            self._make_operators()
        return result

    @api.model
    def _clean(self, values):
        """Without what a paste brings around a secret, and with an empty one as the columns want it."""
        return {
            name: (value or "").strip() if name in ("bot_token", "webhook_secret") else value
            for name, value in values.items()
        }

    def _make_operators(self):
        """Whoever is chosen as an operator gets the rights of one. Whoever is taken out keeps them: a right is taken
        away where all rights are, on the user."""
        group = self.env.ref(_OPERATOR).sudo()
        newcomers = self.sudo().operator_user_ids.filtered(lambda user: not user.share) - group.users
        if newcomers:
            group.write({"users": [fields.Command.link(user.id) for user in newcomers]})

    def action_generate_secret(self):
        """A new secret: the webhook has to be set anew."""
        for bot in self:
            bot.webhook_secret = self._new_secret()

    def action_set_webhook(self):
        self._request_webhook("set")

    def action_delete_webhook(self):
        self._request_webhook("delete")

    def _request_webhook(self, action):
        """Asks the worker; `webhook_state` and `webhook_answer` tell what it says."""
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        if action == "set" and not self.sudo().bot_token:
            raise UserError(_("Enter the bot's token first."))
        self.env["telegram.worker"]._request_webhook(self, action)
        self.invalidate_recordset()

    def action_refresh(self):
        """The button's click reloads the form; there is nothing else to do."""
        return True

    @api.model
    def action_open(self):
        """The bot, or the list when there are several."""
        action = self.env["ir.actions.act_window"]._for_xml_id("telegram_bot.action_telegram_bot_config")
        bots = self.with_context(active_test=False).search([], limit=2)
        if len(bots) == 1:
            action.update(res_id=bots.id, view_mode="form", views=[(False, "form")])
        return action
