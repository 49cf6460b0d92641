from . import telegram_worker
from . import telegram_bot_config
from . import telegram_user
from . import telegram_message
from . import res_partner
from . import res_users
from . import sale_order
from . import ir_http
