/** @odoo-module **/

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { useService } from "@web/core/utils/hooks";
import { Component, useState } from "@odoo/owl";

/** How many customers' messages nobody has read; a click shows them. */
export class TelegramSystray extends Component {
    static template = "telegram_bot.Systray";
    static props = {};

    setup() {
        this.action = useService("action");
        this.state = useState(useService("telegram_bot").state);
    }

    get label() {
        return this.state.unread
            ? _t("Telegram: %s unread messages", this.state.unread)
            : _t("Telegram: no unread messages");
    }

    get counter() {
        return this.state.unread > 99 ? "99+" : this.state.unread;
    }

    open() {
        this.action.doAction("telegram_bot.action_telegram_message", {
            additionalContext: this.state.unread ? { search_default_unread: 1 } : {},
            clearBreadcrumbs: true,
        });
    }
}

registry.category("systray").add(
    "telegram_bot.systray",
    { Component: TelegramSystray, isDisplayed: () => session.telegram_unread_count !== undefined },
    { sequence: 24 }
);
