from . import telegram_message_wizard
from . import telegram_invitation
