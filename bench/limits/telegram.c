// The HTTP end of the benchmark: answers every method of the Bot API at once, from one thread, and remembers when each
// sendMessage had arrived whole. It knows no limits and checks nothing: what is measured is the other side.
//
//     telegram            prints the port of 127.0.0.1 that it listens on, and serves until it is ended
//
//     POST /bot…/METHOD                           sendMessage, getUpdates (held while there are none), getMe, …
//     GET  /stub/count                            messages received since the last reset
//     GET  /stub/log                              a line for each: CLOCK_MONOTONIC in ns, chat, order (B0000001 is 1)
//     POST /stub/reset                            forgets them, and the updates that nobody has fetched
//     POST /stub/updates?count=N&from=CHAT        customers CHAT, CHAT + 1, … write /help; a line says when, in ns
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int socket;
    char *in;
    size_t length, capacity;
} Client;

typedef struct {
    int64_t at, chat, order;
} Arrival;

static Arrival *arrivals;
static size_t arrival_count, arrival_capacity;
static int64_t message_id, next_update = 1, confirmed = 1;
// Customers who have written, by number of update.
static int64_t *writers;
static size_t writer_capacity;
// The getUpdates that waits for one, and what it has confirmed.
static Client *waiting;
static int64_t waiting_offset;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void send_all(int socket, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return;
        if (sent > 0) bytes += sent, length -= (size_t)sent;
    }
}

static void respond(Client *client, const char *body, size_t length) {
    char small[2048], *out = length < 1024 ? small : malloc(length + 256);
    int size = sprintf(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", length);
    memcpy(out + size, body, length);
    send_all(client->socket, out, (size_t)size + length);
    if (out != small) free(out);
}

static void respond_text(Client *client, const char *body) { respond(client, body, strlen(body)); }

// The number after a name in JSON or in a query.
static int64_t number(const char *text, const char *name, int64_t otherwise) {
    const char *found = strstr(text, name);
    return found ? strtoll(found + strlen(name), NULL, 10) : otherwise;
}

static int64_t order_in(const char *body) {
    for (const char *b = body; (b = strchr(b, 'B')); b++) {
        if (strspn(b + 1, "0123456789") == 7) return strtoll(b + 1, NULL, 10);
    }
    return 0;
}

static void serve_updates(Client *client, int64_t offset) {
    char *body = malloc(100 * 400 + 64), *end = body;
    end += sprintf(end, "{\"ok\":true,\"result\":[");
    for (int64_t id = offset; id < next_update && id < offset + 100; id++) {
        long long chat = (long long)writers[id];
        end += sprintf(
            end,
            "%s{\"update_id\":%lld,\"message\":{\"message_id\":%lld,\"from\":{\"id\":%lld,\"is_bot\":false,"
            "\"first_name\":\"Customer\",\"language_code\":\"en\"},\"chat\":{\"id\":%lld,\"first_name\":\"Customer\","
            "\"type\":\"private\"},\"date\":%ld,\"text\":\"/help\",\"entities\":[{\"offset\":0,\"length\":5,"
            "\"type\":\"bot_command\"}]}}",
            id == offset ? "" : ",", (long long)id, (long long)id, chat, chat, time(NULL));
    }
    end += sprintf(end, "]}");
    respond(client, body, (size_t)(end - body));
    free(body);
}

static void write_updates(Client *client, int64_t count, int64_t from) {
    int64_t at = now();
    if ((size_t)(next_update + count) > writer_capacity) {
        writer_capacity = (size_t)(next_update + count) * 2;
        writers = realloc(writers, writer_capacity * sizeof *writers);
    }
    for (int64_t i = 0; i < count; i++) writers[next_update + i] = from + i;
    next_update += count;
    if (waiting) serve_updates(waiting, waiting_offset);
    waiting = NULL;
    char body[64];
    sprintf(body, "%lld\n", (long long)at);
    respond_text(client, body);
}

static void receive_message(Client *client, const char *body, int64_t at) {
    if (arrival_count == arrival_capacity) {
        arrival_capacity = arrival_capacity ? arrival_capacity * 2 : 1 << 16;
        arrivals = realloc(arrivals, arrival_capacity * sizeof *arrivals);
    }
    int64_t chat = number(body, "\"chat_id\":", 0);
    arrivals[arrival_count++] = (Arrival){.at = at, .chat = chat, .order = order_in(body)};
    char answer[256];
    sprintf(
        answer,
        "{\"ok\":true,\"result\":{\"message_id\":%lld,\"date\":1,\"chat\":{\"id\":%lld,\"type\":\"private\"},\"text\":\"\"}}",
        (long long)++message_id, (long long)chat);
    respond_text(client, answer);
}

static void tell_arrivals(Client *client) {
    char *body = malloc(arrival_count * 64 + 1), *end = body;
    for (size_t i = 0; i < arrival_count; i++) {
        end += sprintf(
            end, "%lld %lld %lld\n", (long long)arrivals[i].at, (long long)arrivals[i].chat, (long long)arrivals[i].order);
    }
    respond(client, body, (size_t)(end - body));
    free(body);
}

static void handle(Client *client, const char *target, const char *body, int64_t at) {
    char text[64];
    if (strstr(target, "/sendMessage")) return receive_message(client, body, at);
    if (strstr(target, "/getUpdates")) {
        // JSON, or a form's or a query's way to say it.
        int64_t offset = number(body, "\"offset\":", number(body, "offset=", number(target, "offset=", 0)));
        if (offset > confirmed && offset <= next_update) confirmed = offset;
        offset = confirmed;
        if (offset < next_update) return serve_updates(client, offset);
        waiting = client;
        waiting_offset = offset;
        return;
    }
    if (strstr(target, "/getMe")) {
        return respond_text(
            client, "{\"ok\":true,\"result\":{\"id\":123456,\"is_bot\":true,\"first_name\":\"B\",\"username\":\"b_bot\"}}");
    }
    if (strstr(target, "/getWebhookInfo")) {
        return respond_text(
            client,
            "{\"ok\":true,\"result\":{\"url\":\"\",\"has_custom_certificate\":false,\"pending_update_count\":0}}");
    }
    if (strstr(target, "/stub/count")) {
        sprintf(text, "%zu\n", arrival_count);
        return respond_text(client, text);
    }
    if (strstr(target, "/stub/log")) return tell_arrivals(client);
    if (strstr(target, "/stub/reset")) {
        arrival_count = 0;
        confirmed = next_update;
    }
    if (strstr(target, "/stub/updates")) {
        return write_updates(client, number(target, "count=", 1), number(target, "from=", 1));
    }
    respond_text(client, "{\"ok\":true,\"result\":true}");
}

// Handles the requests that have arrived whole; false when the client is gone.
static int serve(Client *client) {
    if (client->capacity - client->length < 4096) {
        client->capacity = client->capacity * 2 + 16384;
        client->in = realloc(client->in, client->capacity + 1);
    }
    ssize_t got = recv(client->socket, client->in + client->length, client->capacity - client->length, 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    int64_t at = now();
    client->length += (size_t)got;
    for (;;) {
        client->in[client->length] = 0;
        char *head_end = strstr(client->in, "\r\n\r\n");
        if (!head_end) return 1;
        *head_end = 0;
        char *field = strcasestr(client->in, "\r\ncontent-length:");
        size_t content = field ? strtoul(field + 17, NULL, 10) : 0;
        size_t size = (size_t)(head_end + 4 - client->in) + content;
        if (client->length < size) {
            *head_end = '\r';
            return 1;
        }
        char *body = head_end + 4, after = client->in[size];
        client->in[size] = 0;
        *strchrnul(client->in, '\r') = 0;
        handle(client, client->in, body, at);
        client->in[size] = after;
        client->length -= size;
        memmove(client->in, client->in + size, client->length);
    }
}

int main(void) {
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), poller = epoll_create1(EPOLL_CLOEXEC);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 512)) die("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.ptr = NULL});
    for (;;) {
        struct epoll_event events[64];
        int count = epoll_wait(poller, events, 64, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; i++) {
            Client *client = events[i].data.ptr;
            if (client) {
                if (serve(client)) continue;
                if (waiting == client) waiting = NULL;
                close(client->socket);
                free(client->in);
                free(client);
                continue;
            }
            client = calloc(1, sizeof *client);
            client->socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
            if (client->socket < 0) {
                free(client);
                continue;
            }
            setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            epoll_ctl(poller, EPOLL_CTL_ADD, client->socket, &(struct epoll_event){.events = EPOLLIN, .data.ptr = client});
        }
    }
}
