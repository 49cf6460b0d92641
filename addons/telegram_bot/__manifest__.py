{
    "name": "Telegram Bot",
    "summary": "Customers hear about their orders in Telegram and talk with your operators",
    "version": "17.0.2.0.0",
    "category": "Sales",
    "author": "tgworker",
    "license": "LGPL-3",
    "depends": ["base", "sale", "mail"],
    "data": [
        "security/telegram_groups.xml",
        "security/ir.model.access.csv",
        "security/telegram_rules.xml",
        "wizard/telegram_message_wizard_views.xml",
        "wizard/telegram_invitation_views.xml",
        "views/telegram_message_views.xml",
        "views/telegram_user_views.xml",
        "views/telegram_bot_config_views.xml",
        "views/res_partner_views.xml",
        "views/sale_order_views.xml",
        "views/telegram_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "telegram_bot/static/src/**/*",
        ],
        "web.assets_tests": [
            "telegram_bot/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "application": True,
}
