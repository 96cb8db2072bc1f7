/* Reading what the broker sends: the answer to the upgrade, then frames.
 * Payload is passed on as it arrives, so no message is ever held. */
#include "net/websocket.h"
#include "net/http_header.h"
#include "net/websocket_filter.h"
#include <stdio.h>
#include <string.h>

enum {
    FIN_BIT = 0x80,
    RSV_BITS = 0x70,
    OPCODE_BITS = 0x0f,
    MASK_BIT = 0x80,
    LENGTH_BITS = 0x7f,
    TWO_BYTE_LENGTH = 126,
    EIGHT_BYTE_LENGTH = 127,
    CONTINUATION = 0,
    TEXT = 1,
    BINARY = 2,
    CLOSE = 8,
    PING = 9,
    PONG = 10
};

/* What one step of the filter comes to. */
enum progress { GOES_ON, HAS_EVENT, NEEDS_INPUT };

static void free_upgrade(struct websocket *websocket)
{
    struct websocket_upgrade *upgrade = websocket->upgrade;
    websocket->upgrade = NULL;
    if (upgrade == NULL)
        return;
    buffer_free(&upgrade->request);
    buffer_free(&upgrade->offered);
    buffer_free(&upgrade->answer);
    memory_free(upgrade);
}

struct websocket *websocket_new(const struct websocket_options *options)
{
    struct websocket *websocket = memory_zero(1, sizeof *websocket);
    if (websocket == NULL)
        return NULL;
    websocket->upgrade = memory_zero(1, sizeof *websocket->upgrade);
    if (websocket->upgrade != NULL &&
        websocket_ask(websocket->upgrade, options))
        return websocket;
    websocket_free(websocket);
    return NULL;
}

void websocket_free(struct websocket *websocket)
{
    if (websocket == NULL)
        return;
    free_upgrade(websocket);
    memory_free(websocket);
}

struct slice websocket_request(const struct websocket *websocket)
{
    if (websocket->upgrade == NULL)
        return slice_make(NULL, 0);
    return buffer_slice(&websocket->upgrade->request);
}

void websocket_feed(struct websocket *websocket, struct slice bytes)
{
    websocket->input = bytes;
}

struct slice websocket_take(struct websocket *websocket, uint64_t size)
{
    struct slice *input = &websocket->input;
    size_t count = size < input->size ? (size_t)size : input->size;
    struct slice taken = slice_make(input->data, count);
    if (count > 0)
        *input = slice_make(input->data + count, input->size - count);
    return taken;
}

static enum progress too_long(struct websocket *websocket,
                              struct websocket_event *event)
{
    struct websocket_upgrade *upgrade = websocket->upgrade;
    snprintf(upgrade->text, sizeof upgrade->text,
             "the header of the answer to the upgrade to WebSocket has more "
             "than %d bytes",
             (int)WEBSOCKET_ANSWER_CAP);
    event->kind = WEBSOCKET_UPGRADE;
    event->text = upgrade->text;
    websocket->phase = WEBSOCKET_ANSWERED;
    return HAS_EVENT;
}

static enum progress step_answering(struct websocket *websocket,
                                    struct websocket_event *event)
{
    struct websocket_upgrade *upgrade = websocket->upgrade;
    size_t before = upgrade->answer.size;
    struct slice input = websocket->input;
    if (input.size == 0)
        return NEEDS_INPUT;
    buffer_append_slice(
        &upgrade->answer,
        websocket_take(websocket, WEBSOCKET_ANSWER_CAP - before));
    if (upgrade->answer.failed) {
        event->kind = WEBSOCKET_NO_MEMORY;
        websocket->phase = WEBSOCKET_OVER;
        return HAS_EVENT;
    }
    struct slice answer = buffer_slice(&upgrade->answer);
    answer.size = http_header_end(answer, before);
    if (answer.size == 0)
        return upgrade->answer.size < WEBSOCKET_ANSWER_CAP
                   ? NEEDS_INPUT
                   : too_long(websocket, event);
    websocket->input = input;
    websocket_take(websocket, answer.size - before);
    websocket_judge(upgrade, answer, event);
    websocket->phase = WEBSOCKET_ANSWERED;
    return HAS_EVENT;
}

static enum progress step_answered(struct websocket *websocket,
                                   struct websocket_event *event)
{
    (void)event;
    bool switched = websocket->upgrade->status == 101;
    websocket->phase = switched ? WEBSOCKET_HEADER : WEBSOCKET_OVER;
    free_upgrade(websocket);
    return GOES_ON;
}

static bool is_masked(const struct websocket *websocket)
{
    return (websocket->header[1] & MASK_BIT) != 0;
}

static enum progress bad(struct websocket *websocket,
                         struct websocket_event *event, const char *text)
{
    event->kind = WEBSOCKET_BAD;
    event->text = text;
    event->masked = is_masked(websocket);
    websocket->phase = WEBSOCKET_OVER;
    return HAS_EVENT;
}

static unsigned opcode_of(const struct websocket *websocket)
{
    return websocket->header[0] & OPCODE_BITS;
}

static bool is_control(const struct websocket *websocket)
{
    return (websocket->header[0] & 0x08) != 0;
}

static bool is_final(const struct websocket *websocket)
{
    return (websocket->header[0] & FIN_BIT) != 0;
}

/* What the opcode breaks, or NULL. */
static const char *opcode_fault(const struct websocket *websocket)
{
    unsigned opcode = opcode_of(websocket);
    if ((opcode > BINARY && opcode < CLOSE) || opcode > PONG)
        return "the broker sent a frame with a reserved opcode (RFC 6455 "
               "section 5.2)";
    if (opcode == CONTINUATION && !websocket->in_message)
        return "the broker sent a continuation frame without a message to "
               "continue (RFC 6455 section 5.4)";
    if ((opcode == TEXT || opcode == BINARY) && websocket->in_message)
        return "the broker began a message before the fragmented one was "
               "complete (RFC 6455 section 5.4)";
    return NULL;
}

/* What the first two bytes of a frame break, or NULL. */
static const char *header_fault(const struct websocket *websocket)
{
    if ((websocket->header[0] & RSV_BITS) != 0)
        return "the broker set a reserved bit of a frame (RFC 6455 section "
               "5.2)";
    if (is_masked(websocket))
        return "the broker masked a frame (RFC 6455 section 5.1)";
    if (is_control(websocket) && !is_final(websocket))
        return "the broker fragmented a control frame (RFC 6455 section 5.5)";
    if (is_control(websocket) &&
        (websocket->header[1] & LENGTH_BITS) > WEBSOCKET_CONTROL_MAX)
        return "the broker sent a control frame with more than 125 bytes (RFC "
               "6455 section 5.5)";
    return opcode_fault(websocket);
}

static size_t header_need(const struct websocket *websocket)
{
    if (websocket->header_size < 2)
        return 2;
    switch (websocket->header[1] & LENGTH_BITS) {
    case TWO_BYTE_LENGTH:
        return 2 + 2;
    case EIGHT_BYTE_LENGTH:
        return 2 + 8;
    default:
        return 2;
    }
}

/* Reads the length; what its form breaks, or NULL. */
static const char *length_fault(struct websocket *websocket)
{
    uint64_t length = 0;
    if (websocket->header_size == 2) {
        websocket->left = websocket->header[1] & LENGTH_BITS;
        return NULL;
    }
    for (size_t i = 2; i < websocket->header_size; i++)
        length = length << 8 | websocket->header[i];
    websocket->left = length;
    if (length >> 63 != 0)
        return "the broker sent a frame length with the highest bit set (RFC "
               "6455 section 5.2)";
    if (length < (websocket->header_size == 4 ? 126 : 65536))
        return "the broker did not use the shortest form of a frame length "
               "(RFC 6455 section 5.2)";
    return NULL;
}

/* A frame's header is complete and sound. */
static enum progress begin_frame(struct websocket *websocket,
                                 struct websocket_event *event)
{
    websocket->header_size = 0;
    if (is_control(websocket)) {
        websocket->control_size = 0;
        websocket->phase = WEBSOCKET_CONTROL;
        return GOES_ON;
    }
    websocket->in_message = !is_final(websocket);
    websocket->phase = WEBSOCKET_PAYLOAD;
    if (opcode_of(websocket) != TEXT)
        return GOES_ON;
    event->kind = WEBSOCKET_TEXT;
    event->text = "the broker sent a text frame, not a binary one";
    return HAS_EVENT;
}

static enum progress step_header(struct websocket *websocket,
                                 struct websocket_event *event)
{
    const char *fault = NULL;
    while (websocket->header_size < header_need(websocket)) {
        struct slice byte = websocket_take(websocket, 1);
        if (byte.size == 0)
            return NEEDS_INPUT;
        websocket->header[websocket->header_size++] = byte.data[0];
        if (websocket->header_size == 2)
            fault = header_fault(websocket);
        if (fault != NULL)
            return bad(websocket, event, fault);
    }
    fault = length_fault(websocket);
    if (fault != NULL)
        return bad(websocket, event, fault);
    return begin_frame(websocket, event);
}

static enum progress step_payload(struct websocket *websocket,
                                  struct websocket_event *event)
{
    if (websocket->left == 0) {
        websocket->phase = WEBSOCKET_HEADER;
        return GOES_ON;
    }
    event->bytes = websocket_take(websocket, websocket->left);
    if (event->bytes.size == 0)
        return NEEDS_INPUT;
    websocket->left -= event->bytes.size;
    event->kind = WEBSOCKET_DATA;
    return HAS_EVENT;
}

/* Codes that may stand in a Close frame (section 7.4 and the registry). */
static bool code_is_legal(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static void end_close(struct websocket *websocket,
                      struct websocket_event *event)
{
    event->kind = WEBSOCKET_CLOSE;
    event->code = WEBSOCKET_NO_CODE;
    websocket->phase = WEBSOCKET_OVER;
    if (websocket->control_size == 0)
        return;
    if (websocket->control_size == 1) {
        event->text = "the broker sent a Close frame with half a status code "
                      "(RFC 6455 section 5.5.1)";
        return;
    }
    event->code =
        (unsigned)(websocket->control[0] << 8 | websocket->control[1]);
    if (!code_is_legal(event->code))
        event->text = "the broker sent a Close frame with a status code that "
                      "must not be sent (RFC 6455 section 7.4)";
}

static enum progress step_control(struct websocket *websocket,
                                  struct websocket_event *event)
{
    struct slice more = websocket_take(websocket, websocket->left);
    if (more.size > 0)
        memcpy(websocket->control + websocket->control_size, more.data,
               more.size);
    websocket->control_size = (uint8_t)(websocket->control_size + more.size);
    websocket->left -= more.size;
    if (websocket->left > 0)
        return NEEDS_INPUT;
    websocket->phase = WEBSOCKET_HEADER;
    event->bytes = slice_make(websocket->control, websocket->control_size);
    if (opcode_of(websocket) == CLOSE)
        end_close(websocket, event);
    else
        event->kind =
            opcode_of(websocket) == PING ? WEBSOCKET_PING : WEBSOCKET_PONG;
    return HAS_EVENT;
}

static enum progress step_over(struct websocket *websocket,
                               struct websocket_event *event)
{
    (void)event;
    websocket->input = slice_make(NULL, 0);
    return NEEDS_INPUT;
}

typedef enum progress (*step_function)(struct websocket *websocket,
                                       struct websocket_event *event);

static const step_function steps[WEBSOCKET_PHASES] = {
    [WEBSOCKET_ANSWERING] = step_answering,
    [WEBSOCKET_ANSWERED] = step_answered,
    [WEBSOCKET_HEADER] = step_header,
    [WEBSOCKET_PAYLOAD] = step_payload,
    [WEBSOCKET_CONTROL] = step_control,
    [WEBSOCKET_OVER] = step_over,
};

bool websocket_next(struct websocket *websocket, struct websocket_event *event)
{
    enum progress progress;
    *event = (struct websocket_event){0};
    do
        progress = steps[websocket->phase](websocket, event);
    while (progress == GOES_ON);
    return progress == HAS_EVENT;
}
