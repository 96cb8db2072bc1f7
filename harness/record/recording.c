/* Bytes to packets: the streams of each connection, within limits. */
#include "record/recording.h"
#include "record/story.h"

struct recording *recording_new(const struct recording_limits *limits)
{
    struct recording *recording = memory_zero(1, sizeof *recording);
    if (recording)
        recording->limits = *limits;
    return recording;
}

void recording_free(struct recording *recording)
{
    for (size_t i = 0; i < recording->count; i++) {
        mqtt_packet_free(recording->seen[i].packet);
        buffer_free(&recording->seen[i].bytes);
    }
    for (size_t i = 0; i < recording->talk_count; i++) {
        buffer_free(&recording->talks[i].streams[RECORD_CLIENT]);
        buffer_free(&recording->talks[i].streams[RECORD_BROKER]);
    }
    memory_free(recording->seen);
    memory_free(recording->talks);
    memory_free(recording);
}

bool recording_is_full(const struct recording *recording)
{
    return recording->full;
}

bool recording_has_failed(const struct recording *recording)
{
    return recording->no_memory;
}

size_t recording_connections(const struct recording *recording)
{
    return recording->talk_count;
}

/* Room for one more of an array. */
static bool grow(struct recording *recording, void **rows, size_t *room,
                 size_t count, size_t size)
{
    if (count < *room)
        return true;
    size_t wanted = *room ? *room * 2 : 64;
    void *grown = memory_resize(*rows, wanted * size);
    if (!grown) {
        recording->no_memory = true;
        return false;
    }
    *rows = grown;
    *room = wanted;
    return true;
}

/* NULL when nothing more is recorded. */
static struct seen *add(struct recording *recording, enum seen_kind kind,
                        size_t connection, enum record_side from, int64_t time)
{
    void *rows = recording->seen;
    if (recording->count >= recording->limits.packets)
        recording->full = true;
    if (recording->full || !grow(recording, &rows, &recording->room,
                                 recording->count, sizeof *recording->seen))
        return NULL;
    recording->seen = rows;
    struct seen *seen = &recording->seen[recording->count++];
    *seen = (struct seen){
        .kind = kind, .from = from, .connection = connection, .time = time};
    return seen;
}

/* ---- connections -------------------------------------------------------- */

size_t recording_opened(struct recording *recording, int64_t time)
{
    void *rows = recording->talks;
    size_t number = recording->talk_count;
    if (!grow(recording, &rows, &recording->talk_room, number,
              sizeof *recording->talks))
        return NONE;
    recording->talks = rows;
    struct talk *talk = &recording->talks[number];
    *talk = (struct talk){.version = MQTT_3_1_1, .begun = {NONE, NONE}};
    /* One more than may be recorded shows that the limit is passed. */
    for (int side = 0; side < 2; side++)
        talk->streams[side] = buffer_make(recording->limits.bytes + 1);
    recording->talk_count++;
    add(recording, SEEN_OPENED, number, RECORD_CLIENT, time);
    return number;
}

/* ---- packets ------------------------------------------------------------ */

/* The latest event, if it is of that kind. */
static struct seen *latest(const struct recording *recording,
                           enum seen_kind kind, size_t connection,
                           enum record_side from)
{
    struct seen *seen =
        recording->count ? &recording->seen[recording->count - 1] : NULL;
    return seen && seen->kind == kind && seen->connection == connection &&
                   seen->from == from
               ? seen
               : NULL;
}

/* What cannot be read comes as one, if nothing came between. */
static void keep_bytes(struct recording *recording, size_t connection,
                       enum record_side from, struct slice bytes, int64_t time)
{
    bool lost = recording->talks[connection].lost[from];
    struct seen *seen =
        lost ? latest(recording, SEEN_BYTES, connection, from) : NULL;
    if (!seen) {
        seen = add(recording, SEEN_BYTES, connection, from, time);
        if (!seen)
            return;
        seen->bytes = buffer_make(recording->limits.bytes);
    }
    buffer_append_slice(&seen->bytes, bytes);
    recording->no_memory |= seen->bytes.failed;
}

static void keep_packet(struct recording *recording, size_t connection,
                        enum record_side from, struct slice bytes, int64_t time)
{
    struct talk *talk = &recording->talks[connection];
    struct mqtt_findings findings;
    bool readable;
    struct mqtt_packet *packet = mqtt_decode(
        bytes, talk->version, from == RECORD_BROKER, &findings, &readable);
    if (!packet && readable) {
        recording->no_memory = true;
        return;
    }
    if (!packet) {
        keep_bytes(recording, connection, from, bytes, time);
        return;
    }
    if (packet->type == MQTT_CONNECT)
        talk->version = packet->version;
    struct seen *seen = add(recording, SEEN_PACKET, connection, from, time);
    if (!seen) {
        mqtt_packet_free(packet);
        return;
    }
    seen->packet = packet;
    seen->findings = findings;
}

/* All whole packets that have come. */
static void take_packets(struct recording *recording, size_t connection,
                         enum record_side from, int64_t time)
{
    struct talk *talk = &recording->talks[connection];
    struct buffer *stream = &talk->streams[from];
    size_t size;
    enum mqtt_frame frame;
    while (!recording->full && !recording->no_memory &&
           (frame = mqtt_frame(buffer_slice(stream), &size)) !=
               MQTT_FRAME_MORE) {
        struct slice whole = buffer_slice(stream);
        talk->lost[from] = frame == MQTT_FRAME_MALFORMED;
        if (talk->lost[from]) {
            keep_bytes(recording, connection, from, whole, time);
            buffer_clear(stream);
            talk->begun[from] = NONE;
            return;
        }
        keep_packet(recording, connection, from, slice_make(whole.data, size),
                    time);
        buffer_drop(stream, size);
        talk->begun[from] = NONE;
    }
}

/* A packet that may never be finished has its place where it was begun. */
static void note_begin(struct recording *recording, size_t connection,
                       enum record_side from, int64_t time)
{
    struct talk *talk = &recording->talks[connection];
    if (!talk->streams[from].size || talk->begun[from] != NONE ||
        recording->full || recording->no_memory)
        return;
    size_t number = recording->count;
    if (add(recording, SEEN_BEGUN, connection, from, time))
        talk->begun[from] = number;
}

void recording_bytes(struct recording *recording, size_t connection,
                     enum record_side from, struct slice bytes, int64_t time)
{
    if (recording->full || recording->no_memory ||
        connection >= recording->talk_count || !bytes.size)
        return;
    struct talk *talk = &recording->talks[connection];
    /* What the broker does not hear any more says nothing about it. */
    if (talk->ended[RECORD_BROKER])
        return;
    recording->bytes += bytes.size;
    if (recording->bytes > recording->limits.bytes) {
        recording->full = true;
        return;
    }
    if (talk->lost[from]) {
        keep_bytes(recording, connection, from, bytes, time);
        return;
    }
    buffer_append_slice(&talk->streams[from], bytes);
    recording->no_memory |= talk->streams[from].failed;
    take_packets(recording, connection, from, time);
    note_begin(recording, connection, from, time);
}

/* A packet that was begun and never finished. */
static void keep_rest(struct recording *recording, size_t connection,
                      enum record_side from)
{
    struct talk *talk = &recording->talks[connection];
    struct buffer *stream = &talk->streams[from];
    if (talk->begun[from] == NONE)
        return;
    struct seen *seen = &recording->seen[talk->begun[from]];
    seen->kind = SEEN_BYTES;
    seen->bytes = *stream;
    *stream = buffer_make(0);
    talk->begun[from] = NONE;
}

void recording_ended(struct recording *recording, size_t connection,
                     enum record_side from, bool reset, int64_t time)
{
    if (recording->full || recording->no_memory ||
        connection >= recording->talk_count ||
        recording->talks[connection].ended[from])
        return;
    recording->talks[connection].ended[from] = true;
    /* The other side may have begun what it now will never end. */
    keep_rest(recording, connection, RECORD_CLIENT);
    if (from == RECORD_BROKER)
        keep_rest(recording, connection, RECORD_BROKER);
    struct seen *seen = add(recording, SEEN_END, connection, from, time);
    if (seen)
        seen->reset = reset;
}
