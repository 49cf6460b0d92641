def post_init_hook(env):
    """The bot to be configured, unless `tgworker install-sql` made the tables first and somebody has entered one."""
    configurations = env["telegram.bot.config"].with_context(active_test=False).search([])
    if configurations:
        configurations._make_operators()
        return
    configuration = env["telegram.bot.config"].create({"bot_name": "Telegram Bot", "active": False})
    env["ir.model.data"].create(
        {
            "module": "telegram_bot",
            "name": "telegram_bot_config_default",
            "model": configuration._name,
            "res_id": configuration.id,
            "noupdate": True,
        }
    )
