#include "engine/errand.h"

#include "engine/errand_wire.h"

#include <stdio.h>
#include <string.h>

/* The largest packet that an errand may be answered with. */
#define ANSWER_MAX 65536u

struct errand {
    struct surroundings *surroundings;
    struct errand *previous, *next;
    struct errand_order order;
    struct net_connection *net;
    struct net_options options;
    struct gate_slot slot;
    uv_timer_t timer;
    struct errand_wire wire; /* all packets to send */
    size_t sent;             /* those written so far */
    struct buffer stream;    /* bytes of an unfinished packet */
    struct mqtt_packet *connack, *answer;
    bool told, closed;
    char text[240];
};

/* ---- the end ----------------------------------------------------------- */

static void unlink_errand(struct errand *errand)
{
    struct surroundings *all = errand->surroundings;

    if (errand->previous)
        errand->previous->next = errand->next;
    else
        all->errands = errand->next;
    if (errand->next)
        errand->next->previous = errand->previous;
    all->errand_count--;
}

static void free_errand(uv_handle_t *timer)
{
    struct errand *errand = timer->data;

    mqtt_packet_free(errand->connack);
    mqtt_packet_free(errand->answer);
    errand_wire_end(&errand->wire);
    buffer_free(&errand->stream);
    memory_free(errand);
}

/* The connection is gone: so is the errand. */
static void dismiss(struct errand *errand)
{
    if (errand->closed)
        return;
    errand->closed = true;
    gate_leave(&errand->surroundings->gate, &errand->slot);
    if (errand->net)
        net_drop(errand->net);
    errand->net = NULL;
    unlink_errand(errand);
    uv_close((uv_handle_t *)&errand->timer, free_errand);
}

static void say_goodbye(struct errand *errand)
{
    struct mqtt_packet packet = {.version = errand->order.version,
                                 .type = MQTT_DISCONNECT};
    struct mqtt_value expiry = {.field = MQTT_SESSION_EXPIRY_INTERVAL};
    int64_t began;

    if (errand->order.session_expiry) {
        packet.values = &expiry;
        packet.count = 1;
    }
    buffer_clear(&errand->wire.bytes);
    if (mqtt_encode(&packet, NULL, &errand->wire.bytes))
        net_send(errand->net, buffer_slice(&errand->wire.bytes), NULL, &began);
}

static void tell(struct errand *errand, struct errand_outcome *outcome)
{
    if (errand->told)
        return;
    errand->told = true;
    uv_timer_stop(&errand->timer);
    gate_settled(&errand->surroundings->gate, &errand->slot);
    outcome->text = errand->text;
    outcome->connack = errand->connack;
    outcome->answer = errand->answer;
    errand->order.done(errand->order.user, outcome);
}

/* Tells the outcome and begins to close. Whoever is told may drop all
 * errands, this one too. */
static void finish(struct errand *errand, enum errand_end end, uint8_t code)
{
    struct errand_outcome outcome = {.end = end, .reason_code = code};

    if (errand->told)
        return;
    tell(errand, &outcome);
    if (!errand->net)
        return;
    if (end == ERRAND_DONE)
        say_goodbye(errand);
    net_close(errand->net, NET_CLOSE_FIN);
}

static void fail_local(struct errand *errand, const char *text)
{
    snprintf(errand->text, sizeof errand->text, "%.200s", text);
    finish(errand, ERRAND_OURS, 0);
    dismiss(errand);
}

/* ---- sending ----------------------------------------------------------- */

static bool send_one(struct errand *errand)
{
    struct slice bytes = errand_wire_packet(&errand->wire, errand->sent);
    int64_t began;

    errand->sent++;
    return net_send(errand->net, bytes, NULL, &began);
}

/* What answers the packet that was sent last. */
static enum mqtt_type awaited(const struct errand *errand)
{
    return errand->wire.packets[errand->sent - 1].answer;
}

/* Up to the next packet that is answered; there is none: done. */
static void send_next(struct errand *errand)
{
    bool waits = false;

    while (!waits && !errand->told && errand->sent < errand->wire.count) {
        if (!send_one(errand)) {
            snprintf(errand->text, sizeof errand->text, "no memory");
            finish(errand, ERRAND_OURS, 0);
            return;
        }
        waits = awaited(errand) != ERRAND_NO_ANSWER;
    }
    if (!waits)
        finish(errand, ERRAND_DONE, 0);
}

/* ---- what comes -------------------------------------------------------- */

static void not_mqtt(struct errand *errand, struct slice bytes)
{
    struct buffer shown = buffer_make(512);

    mqtt_print_text(bytes, 24, &shown);
    snprintf(errand->text, sizeof errand->text, "what it sent is not MQTT: %s",
             buffer_string(&shown));
    buffer_free(&shown);
    finish(errand, ERRAND_NOT_MQTT, 0);
}

static void wrong_packet(struct errand *errand, enum mqtt_type type)
{
    snprintf(errand->text, sizeof errand->text,
             "its first packet is %s, not connack", mqtt_type_name(type));
    finish(errand, ERRAND_NOT_MQTT, 0);
}

static void name_code(struct errand *errand, const char *what,
                      enum mqtt_type type, uint8_t code)
{
    const char *name = mqtt_reason_name(errand->order.version, type, code);

    snprintf(errand->text, sizeof errand->text, "%s, code 0x%02x%s%s%s", what,
             code, name ? " (" : "", name ? name : "", name ? ")" : "");
}

static void took_connack(struct errand *errand)
{
    uint8_t code =
        (uint8_t)mqtt_number(errand->connack, MQTT_REASON_CODE, 0xff);

    if (!code)
        return;
    name_code(errand, "it refuses the connection", MQTT_CONNACK, code);
    finish(errand, ERRAND_REFUSED, code);
}

static void took_disconnect(struct errand *errand,
                            const struct mqtt_packet *packet)
{
    uint8_t code = (uint8_t)mqtt_number(packet, MQTT_REASON_CODE, 0);

    name_code(errand, "it ends the connection with DISCONNECT", MQTT_DISCONNECT,
              code);
    finish(errand, ERRAND_DISCONNECTED, code);
}

/* Keeps the packet where it belongs, or frees it. True when it is what the
 * packet sent last asks for. */
static bool keep(struct errand *errand, struct mqtt_packet *packet)
{
    bool wanted = packet->type == awaited(errand);
    struct mqtt_packet **place =
        errand->sent == 1 ? &errand->connack : &errand->answer;

    if (!wanted) {
        mqtt_packet_free(packet);
        return false;
    }
    mqtt_packet_free(*place);
    *place = packet;
    return true;
}

static void take(struct errand *errand, struct mqtt_packet *packet)
{
    bool first = errand->sent == 1;
    enum mqtt_type type = packet->type;

    if (first && type != MQTT_CONNACK) {
        mqtt_packet_free(packet);
        wrong_packet(errand, type);
        return;
    }
    if (type == MQTT_DISCONNECT) {
        took_disconnect(errand, packet);
        mqtt_packet_free(packet);
        return;
    }
    if (!keep(errand, packet))
        return; /* a delivery, or what else may come in between */
    if (first)
        took_connack(errand);
    if (errand->told)
        return;
    send_next(errand);
}

static void take_bytes(struct errand *errand, struct slice bytes)
{
    struct mqtt_findings findings = {.count = 0};
    bool readable = false;
    struct mqtt_packet *packet =
        mqtt_decode(bytes, errand->order.version, true, &findings, &readable);

    if (packet)
        take(errand, packet);
    else if (readable)
        fail_local(errand, "no memory");
    else
        not_mqtt(errand, bytes);
}

/* Whether a whole packet of *size bytes is there; ends the errand when none
 * can come. */
static bool have_packet(struct errand *errand, size_t *size)
{
    struct slice all = buffer_slice(&errand->stream);

    if (!all.size)
        return false;
    if (errand->sent == 1 && all.data[0] >> 4 != MQTT_CONNACK) {
        not_mqtt(errand, all);
        return false;
    }
    switch (mqtt_frame(all, size)) {
    case MQTT_FRAME_WHOLE:
        return true;
    case MQTT_FRAME_MALFORMED:
        not_mqtt(errand, all);
        return false;
    default:
        if (*size > ANSWER_MAX) {
            snprintf(errand->text, sizeof errand->text,
                     "it announces a packet of %zu bytes", *size);
            finish(errand, ERRAND_NOT_MQTT, 0);
        }
        return false;
    }
}

static void on_data(struct errand *errand, struct slice bytes)
{
    size_t size = 0;

    /* Only the rest of one packet is kept, so what does not fit is never
     * looked at: it could only follow what ends the errand. */
    while (bytes.size && !errand->told) {
        size_t room = ANSWER_MAX + 8 - errand->stream.size;
        size_t part = bytes.size < room ? bytes.size : room;
        buffer_append(&errand->stream, bytes.data, part);
        bytes = slice_make(bytes.data + part, bytes.size - part);
        if (errand->stream.failed) {
            fail_local(errand, "no memory");
            return;
        }
        while (!errand->told && have_packet(errand, &size)) {
            take_bytes(errand, slice_make(errand->stream.data, size));
            buffer_drop(&errand->stream, size);
        }
    }
}

/* ---- events ------------------------------------------------------------ */

static void on_failed(struct errand *errand, const struct net_event *event)
{
    struct errand_outcome outcome = {.end = ERRAND_NOT_OPENED,
                                     .failure = event->failure};

    if (event->failure == NET_FAILURE_LOCAL)
        outcome.end = ERRAND_OURS;
    snprintf(errand->text, sizeof errand->text, "%.200s",
             event->text ? event->text : "it cannot be opened");
    tell(errand, &outcome);
}

static void on_sign(struct errand *errand)
{
    snprintf(errand->text, sizeof errand->text, "%s",
             errand->sent > 1 ? "it closes the connection"
             : errand->stream.size
                 ? "it closes the connection in the midst of a packet"
                 : "it closes the connection without CONNACK");
    finish(errand, ERRAND_CLOSED, 0);
}

static void on_event(void *user, struct net_connection *from,
                     const struct net_event *event)
{
    struct errand *errand = user;

    (void)from;
    switch (event->kind) {
    case NET_EVENT_OPENED:
        if (!errand->told)
            send_next(errand);
        break;
    case NET_EVENT_DATA:
        if (!errand->told && errand->sent)
            on_data(errand, event->bytes);
        break;
    case NET_EVENT_WS_BAD:
        if (!errand->told) {
            snprintf(errand->text, sizeof errand->text, "%.200s",
                     event->text ? event->text : "it breaks RFC 6455");
            finish(errand, ERRAND_NOT_MQTT, 0);
        }
        break;
    case NET_EVENT_FAILED:
        on_failed(errand, event);
        break;
    case NET_EVENT_SIGN:
        if (!errand->told)
            on_sign(errand);
        break;
    case NET_EVENT_CLOSED:
        if (!errand->told)
            on_sign(errand);
        dismiss(errand);
        break;
    default:
        break;
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct errand *errand = timer->data;

    snprintf(errand->text, sizeof errand->text, "no answer within %g s",
             (double)errand->order.limit / 1e9);
    finish(errand, ERRAND_SILENT, 0);
    if (!errand->net)
        dismiss(errand);
}

static void on_admitted(void *user)
{
    struct errand *errand = user;
    char error[160] = "";

    uv_timer_start(&errand->timer, on_timer,
                   (uint64_t)(errand->order.limit / 1000000) + 1, 0);
    errand->net = net_open(errand->surroundings->loop, &errand->options,
                           on_event, errand, error, sizeof error);
    if (!errand->net)
        fail_local(errand, error);
}

/* The outcome is never told from within errand_start. */
static void on_first_turn(uv_timer_t *timer)
{
    struct errand *errand = timer->data;
    struct surroundings *all = errand->surroundings;
    const struct errand_order *order = &errand->order;
    const char *trouble = NULL;

    if (!order->options &&
        !target_options(all->target, order->endpoint, order->transport,
                        &errand->options, &trouble)) {
        fail_local(errand, trouble);
        return;
    }
    if (gate_enter(&all->gate, &errand->slot, on_admitted, errand))
        on_admitted(errand);
}

/* ---- the start --------------------------------------------------------- */

static void link_errand(struct errand *errand)
{
    struct surroundings *all = errand->surroundings;

    errand->next = all->errands;
    if (all->errands)
        all->errands->previous = errand;
    all->errands = errand;
    all->errand_count++;
}

bool errand_start(struct surroundings *surroundings,
                  const struct errand_order *order)
{
    struct errand *errand = memory_zero(1, sizeof *errand);

    if (!errand)
        return false;
    errand->surroundings = surroundings;
    errand->order = *order;
    if (order->options)
        errand->options = *order->options;
    errand->stream = buffer_make(ANSWER_MAX + 8);
    errand->timer.data = errand;
    if (!errand_wire_make(&errand->wire, order, surroundings->target)) {
        free_errand((uv_handle_t *)&errand->timer);
        return false;
    }
    uv_timer_init(surroundings->loop, &errand->timer);
    uv_timer_start(&errand->timer, on_first_turn, 0, 0);
    link_errand(errand);
    return true;
}

void errands_drop(struct surroundings *surroundings)
{
    while (surroundings->errands) {
        surroundings->errands->told = true;
        dismiss(surroundings->errands);
    }
}

int64_t errand_limit(const struct surroundings *surroundings)
{
    double patience = surroundings->options->patience;

    return (int64_t)(10e9 * (patience > 0 ? patience : 1));
}
