// The limit of latency: how soon after a commit a message can leave, with libpq and libcurl and nothing else. A trigger
// queues the message and notifies; the program wakes up, claims what is ready in one round trip, sends it over a
// connection kept alive, and moves it to the ledger in another round trip. It keeps the contract of a careful sender:
// the intent to send is committed before the request leaves, and its outcome is committed and on the disk after it.
//
// It leaves out all that makes a sender useful: retries (any failure ends it), the limits Telegram sets, sending to
// several at once, recovery after a crash, rendering, reconnecting, timeouts, metrics and logs.
//
//     latency attach    makes the trigger on Odoo's orders; the queue is the one that `drain prepare` makes
//     latency detach    removes it
//     latency run       prints "ready" when it listens, and runs until SIGTERM
//
// DATABASE_URL says where the database is, API_URL where the requests go: http://HOST:PORT/botTOKEN.
//
//     cc -O2 -Wall -Wextra -std=gnu11 latency.c -o latency $(pkg-config --cflags --libs libpq libcurl)
#include <curl/curl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

enum { LIMIT = 8 };

static const char *const detach =
    "drop trigger if exists limits_order_changed on public.sale_order;"
    "drop function if exists limits.order_changed()";

static const char *const attach =
    "create function limits.order_changed() returns trigger language plpgsql security definer"
    " set search_path = pg_catalog, pg_temp as $$ begin"
    " insert into limits.queue (chat_id, text) select chat_id, 'Order ' || new.name ||"
    " E': confirmed\\nMoment: 2026-11-27 20:00:00\\nTotal: 100.00 €'"
    " from public.telegram_user where partner_id = new.partner_id and is_verified;"
    " if found then perform pg_notify('limits_wake', ''); end if;"
    " return null; end $$;"
    "create trigger limits_order_changed after update of state on public.sale_order for each row"
    " when (old.state is distinct from new.state) execute function limits.order_changed()";

// The claim does not wait for the disk: it outlives this program, and only a crash of the server could lose it.
static const char *const claim =
    "update limits.queue set sending_since = clock_timestamp(), attempt = attempt + 1 where id = any (array("
    "select id from limits.queue where sending_since is null and available_at <= now()"
    " and (select set_config('synchronous_commit', 'off', true)) is not null"
    " order by available_at, id limit 8 for update skip locked)) returning id, chat_id, text";

static const char *const record =
    "with gone as (delete from limits.queue using unnest($1::bigint[], $2::bigint[]) as finished (id, message_id)"
    " where queue.id = finished.id returning queue.*, finished.message_id) insert into limits.ledger"
    " select id, chat_id, attempt, message_id, text, clock_timestamp() from gone";

static PGconn *database;
static CURL *http;
static char answer[2048];
static size_t answered;

static void die(const char *what, const char *why) {
    fprintf(stderr, "latency: %s: %.*s\n", what, (int)strcspn(why, "\n"), why);
    exit(1);
}

static PGresult *must(PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) die("SQL", PQerrorMessage(database));
    return result;
}

static void execute(const char *sql) {
    PQclear(must(PQexec(database, sql)));
}

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
    (void)context;
    size_t room = sizeof answer - 1 - answered, kept = size * count < room ? size * count : room;
    memcpy(answer + answered, bytes, kept);
    answered += kept;
    return size * count;
}

static void perform(void) {
    answered = 0;
    CURLcode code = curl_easy_perform(http);
    if (code) die("HTTP", curl_easy_strerror(code));
    answer[answered] = 0;
}

// Opens the connection by a request of no consequence.
static void open_http(void) {
    char url[1024];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    http = curl_easy_init();
    snprintf(url, sizeof url, "%s/getMe", getenv("API_URL"));
    curl_easy_setopt(http, CURLOPT_URL, url);
    curl_easy_setopt(http, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(http, CURLOPT_PROXY, "");
    curl_easy_setopt(http, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(http, CURLOPT_WRITEFUNCTION, receive);
    perform();
    snprintf(url, sizeof url, "%s/sendMessage", getenv("API_URL"));
    curl_easy_setopt(http, CURLOPT_URL, url);
    curl_easy_setopt(http, CURLOPT_HTTPHEADER, curl_slist_append(NULL, "Content-Type: application/json"));
}

static long long send_message(long long chat_id, const char *text) {
    static char *body;
    static size_t capacity;
    size_t needed = 64 + 6 * strlen(text);
    if (needed > capacity && !(body = realloc(body, capacity = needed))) abort();
    char *end = body + sprintf(body, "{\"chat_id\":%lld,\"text\":\"", chat_id);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') *end++ = '\\';
        if ((unsigned char)*text < 0x20) end += sprintf(end, "\\u%04x", *text);
        else *end++ = *text;
    }
    *end++ = '"', *end++ = '}';
    curl_easy_setopt(http, CURLOPT_POSTFIELDSIZE, (long)(end - body));
    curl_easy_setopt(http, CURLOPT_POSTFIELDS, body);
    perform();
    const char *found = strstr(answer, "\"message_id\":");
    if (!found) die("sendMessage", answer);
    return strtoll(found + strlen("\"message_id\":"), NULL, 10);
}

static void record_all(const char *ids, const char *message_ids) {
    const char *values[] = {ids, message_ids};
    PQclear(must(PQexecPrepared(database, "record", 2, values, NULL, NULL, 0)));
}

// Claims, sends and records: the count of messages.
static int send_ready(void) {
    char ids[LIMIT * 24], message_ids[LIMIT * 24], *id = ids, *message_id = message_ids;
    PGresult *claimed = must(PQexecPrepared(database, "claim", 0, NULL, NULL, NULL, 0));
    int count = PQntuples(claimed);
    for (int row = 0; row < count; row++) {
        long long sent = send_message(atoll(PQgetvalue(claimed, row, 1)), PQgetvalue(claimed, row, 2));
        id += sprintf(id, "%c%s", row ? ',' : '{', PQgetvalue(claimed, row, 0));
        message_id += sprintf(message_id, "%c%lld", row ? ',' : '{', sent);
    }
    PQclear(claimed);
    if (count == 0) return 0;
    *id++ = *message_id++ = '}';
    *id = *message_id = 0;
    record_all(ids, message_ids);
    return count;
}

static int notified(void) {
    int count = 0;
    for (PGnotify *notify; (notify = PQnotifies(database)); count++) PQfreemem(notify);
    return count;
}

static void run(void) {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    struct pollfd waited[] = {{PQsocket(database), POLLIN, 0}, {signalfd(-1, &term, SFD_CLOEXEC), POLLIN, 0}};

    // The statements are planned once, when the queue may have been long or empty: they are to use its indexes.
    execute("set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;"
            "set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan; set jit = off");
    PQclear(must(PQprepare(database, "claim", claim, 0, NULL)));
    PQclear(must(PQprepare(database, "record", record, 0, NULL)));
    record_all("{}", "{}");
    open_http();
    execute("listen limits_wake");
    puts("ready");
    fflush(stdout);
    for (;;) {
        // What was committed after the claim has notified after it too.
        while (notified(), send_ready() == LIMIT || notified()) {}
        do {
            if (poll(waited, 2, -1) < 0) die("poll", "failed");
            if (waited[1].revents) return;
            if (!PQconsumeInput(database)) die("receiving", PQerrorMessage(database));
        } while (!notified());
    }
}

int main(int count, char **arguments) {
    const char *command = count > 1 ? arguments[1] : "";
    signal(SIGPIPE, SIG_IGN);
    if (!getenv("DATABASE_URL") || !getenv("API_URL")) die("environment", "DATABASE_URL or API_URL is missing");
    database = PQconnectdb(getenv("DATABASE_URL"));
    if (PQstatus(database) != CONNECTION_OK) die("connecting", PQerrorMessage(database));
    execute("set client_min_messages = warning");
    if (!strcmp(command, "attach")) execute(detach), execute(attach);
    else if (!strcmp(command, "detach")) execute(detach);
    else if (!strcmp(command, "run")) run();
    else die("usage", "latency attach | detach | run");
    PQfinish(database);
}
