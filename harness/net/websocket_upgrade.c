/* The strict reading of the broker's opening handshake (RFC 6455 section
 * 4.1, from "Once the client's opening handshake has been sent"). */
#include "net/http_header.h"
#include "net/websocket_filter.h"
#include <stdio.h>

/* What the header says. */
struct answer {
    unsigned status;     /* 0: no HTTP status line */
    struct slice reason; /* code and phrase, for the message */
    bool old_http;       /* HTTP/1.0 */
    bool damaged;        /* a line that is no header field */
    bool has_upgrade;
    bool has_connection;
    bool has_extensions;
    unsigned accepts; /* how often the field stands there */
    unsigned subprotocols;
    struct slice accept;
    struct slice subprotocol;
};

static void on_upgrade(struct answer *answer, struct slice value)
{
    answer->has_upgrade = answer->has_upgrade || http_lists(value, "websocket");
}

static void on_connection(struct answer *answer, struct slice value)
{
    answer->has_connection =
        answer->has_connection || http_lists(value, "upgrade");
}

static void on_accept(struct answer *answer, struct slice value)
{
    answer->accept = value;
    answer->accepts++;
}

static void on_subprotocol(struct answer *answer, struct slice value)
{
    answer->subprotocol = value;
    answer->subprotocols++;
}

static void on_extensions(struct answer *answer, struct slice value)
{
    answer->has_extensions = answer->has_extensions || value.size > 0;
}

static const struct field {
    const char *name;
    void (*read)(struct answer *answer, struct slice value);
} fields[] = {
    {"Upgrade", on_upgrade},
    {"Connection", on_connection},
    {"Sec-WebSocket-Accept", on_accept},
    {"Sec-WebSocket-Protocol", on_subprotocol},
    {"Sec-WebSocket-Extensions", on_extensions},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static void read_field(struct answer *answer, struct slice line)
{
    struct slice name;
    struct slice value;
    if (!http_field(line, &name, &value)) {
        answer->damaged = true;
        return;
    }
    for (size_t i = 0; i < FIELDS; i++) {
        if (http_same_name(name, fields[i].name))
            fields[i].read(answer, value);
    }
}

/* "HTTP/1.1 101 Switching Protocols" */
static void read_status(struct answer *answer, struct slice line)
{
    enum { CODE = 9, LINE_MIN = 12 };
    unsigned status = 0;
    bool old_http = slice_starts(line, slice_of("HTTP/1.0 "));
    bool http = old_http || slice_starts(line, slice_of("HTTP/1.1 "));
    if (!http || line.size < LINE_MIN ||
        (line.size > LINE_MIN && line.data[LINE_MIN] != ' '))
        return;
    for (size_t i = CODE; i < LINE_MIN; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return;
        status = status * 10 + (unsigned)(line.data[i] - '0');
    }
    if (status < 100)
        return;
    answer->status = status;
    answer->old_http = old_http;
    answer->reason = slice_make(line.data + CODE, line.size - CODE);
}

static struct answer read_answer(struct slice text)
{
    struct answer answer = {0};
    read_status(&answer, http_line(&text));
    while (text.size > 0) {
        struct slice line = http_line(&text);
        if (line.size > 0)
            read_field(&answer, line);
    }
    return answer;
}

/* Text from outside as a person may safely see it. */
static void copy_printable(struct slice from, char *to, size_t size)
{
    size_t count = from.size < size - 1 ? from.size : size - 1;
    for (size_t i = 0; i < count; i++) {
        uint8_t c = from.data[i];
        to[i] = c >= ' ' && c < 0x7f ? (char)c : '?';
    }
    to[count] = '\0';
}

/* What makes the answer no valid upgrade, apart from its status. */
static const char *fault_of(const struct answer *answer,
                            const struct websocket_upgrade *upgrade,
                            bool accept_valid)
{
    if (answer->old_http)
        return "in HTTP/1.0";
    if (answer->damaged)
        return "with a line that is no header field";
    if (!answer->has_upgrade)
        return "without the header field \"Upgrade: websocket\"";
    if (!answer->has_connection)
        return "without the header field \"Connection: Upgrade\"";
    if (answer->accepts == 0)
        return "without Sec-WebSocket-Accept";
    if (!accept_valid)
        return "with a wrong Sec-WebSocket-Accept";
    if (answer->has_extensions && !upgrade->extensions_offered)
        return "with an extension that was not offered";
    if (answer->subprotocols > 1)
        return "with more than one subprotocol";
    if (answer->subprotocols == 1 &&
        !http_lists_exactly(buffer_slice(&upgrade->offered),
                            answer->subprotocol))
        return "with a subprotocol that was not offered";
    return NULL;
}

static void explain(struct websocket_upgrade *upgrade,
                    const struct answer *answer, const char *fault)
{
    static const char *const begin = "the upgrade to WebSocket was answered ";
    char reason[80];
    char *text = upgrade->text;
    size_t size = sizeof upgrade->text;
    copy_printable(answer->reason, reason, sizeof reason);
    if (answer->status == 0)
        snprintf(text, size, "%swith something that is not HTTP", begin);
    else if (answer->status != 101)
        snprintf(text, size, "%swith \"%s\"", begin, reason);
    else if (fault != NULL)
        snprintf(text, size, "%s%s", begin, fault);
}

void websocket_judge(struct websocket_upgrade *upgrade, struct slice text,
                     struct websocket_event *event)
{
    struct answer answer = read_answer(text);
    bool accept_valid =
        answer.accepts == 1 && slice_is(answer.accept, upgrade->accept);
    explain(upgrade, &answer, fault_of(&answer, upgrade, accept_valid));
    upgrade->status = answer.status;
    event->kind = WEBSOCKET_UPGRADE;
    event->status = answer.status;
    event->accept_valid = accept_valid;
    event->text = upgrade->text[0] == '\0' ? NULL : upgrade->text;
    if (answer.subprotocols > 0) {
        copy_printable(answer.subprotocol, upgrade->subprotocol,
                       sizeof upgrade->subprotocol);
        event->subprotocol = upgrade->subprotocol;
    }
}
