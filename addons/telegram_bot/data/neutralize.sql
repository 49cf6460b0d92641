-- A copy of the database must not speak for the bot: no token to do it with, nobody who would be asked to.
UPDATE telegram_bot_config SET active = false, bot_token = '', webhook_secret = '';
