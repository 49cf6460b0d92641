/** @odoo-module **/

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";
import { onWillUnmount } from "@odoo/owl";

/** A list that follows what happens in Telegram, unless the operator is at work in it. */
export class TelegramListController extends ListController {
    setup() {
        super.setup();
        const { bus } = useService("telegram_bot");
        for (const event of ["MESSAGE", "READ", "RESUME"]) {
            useBus(bus, event, () => this.reloadSoon());
        }
        onWillUnmount(() => browser.clearTimeout(this.reloadTimer));
    }

    /** Once for all that happens within a moment. */
    reloadSoon() {
        this.reloadTimer ||= browser.setTimeout(async () => {
            this.reloadTimer = null;
            const list = this.model.root;
            if (!list.editedRecord && !list.selection.length) {
                await list.load();
            }
        }, 300);
    }
}

registry.category("views").add("telegram_list", { ...listView, Controller: TelegramListController });
