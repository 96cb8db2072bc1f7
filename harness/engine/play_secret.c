/* Passwords and authentication data, taken out of all that a record shows:
 * the bytes of packets, also of damaged ones, and every text. */
#include "engine/play.h"

#include <string.h>

/* What is shorter stands in other places by chance, too: it is hidden only
 * behind the length that goes before it on the wire. */
#define SECRET_MIN 4
/* Of a secret that damage has broken, pieces as long as its half are hidden,
 * at most so long ones. */
#define PIECE_MAX 8
/* A secret that the end of the bytes has cut. */
#define CUT_MIN 3
#define SECRETS_MAX 1000
#define HEAD_BYTES 32 /* texts show at least so much of a value */
#define SPELLED_BYTES 1024
#define SPELLED_CAP ((size_t)8 * SPELLED_BYTES)

static bool is_kept(const struct player *player, struct slice secret)
{
    for (size_t i = 0; i < player->secret_count; i++)
        if (slice_equal(player->secrets[i], secret))
            return true;
    return false;
}

void keep_secret(struct player *player, struct slice secret)
{
    if (!secret.size || player->secret_count >= SECRETS_MAX ||
        is_kept(player, secret))
        return;
    if (play_grow(player, &player->secrets, &player->secret_room,
                  player->secret_count, sizeof *player->secrets))
        player->secrets[player->secret_count++] = secret;
}

void keep_secrets_of(struct player *player, const struct mqtt_packet *packet)
{
    for (size_t i = 0; i < packet->count; i++) {
        const struct mqtt_value *value = &packet->values[i];
        if (!mqtt_field_row(value->field)->secret || !value->bytes.size)
            continue;
        struct slice copy = arena_slice(player->arena, value->bytes);
        if (copy.data)
            keep_secret(player, copy);
        else
            player->no_memory = true;
    }
}

/* ---- bytes ------------------------------------------------------------- */

/* How much of the secret from `from` on stands at the begin of data. */
static size_t common(struct slice data, struct slice secret, size_t from)
{
    size_t size = 0;
    while (size < data.size && from + size < secret.size &&
           data.data[size] == secret.data[from + size])
        size++;
    return size;
}

static size_t piece_size(struct slice secret)
{
    size_t half = secret.size / 2;
    return half < SECRET_MIN  ? secret.size
           : half > PIECE_MAX ? PIECE_MAX
                              : half;
}

/* How many bytes at the begin of rest are of the secret. */
static size_t secret_at(struct slice rest, struct slice secret)
{
    size_t whole = common(rest, secret, 0);
    size_t longest = whole == rest.size && whole >= CUT_MIN ? whole : 0;

    for (size_t from = 0; from < secret.size; from++) {
        size_t size = common(rest, secret, from);
        if (size >= piece_size(secret) && size > longest)
            longest = size;
    }
    return longest;
}

static bool has_length_before(struct slice bytes, size_t at, size_t size)
{
    return at >= 2 && bytes.data[at - 2] == size >> 8 &&
           bytes.data[at - 1] == (size & 0xff);
}

static void blank(uint8_t *data, struct slice bytes, struct slice secret)
{
    for (size_t at = 0; at < bytes.size; at++) {
        struct slice rest = slice_make(bytes.data + at, bytes.size - at);
        size_t size = secret_at(rest, secret);
        if (secret.size < SECRET_MIN && size == secret.size &&
            !has_length_before(bytes, at, size))
            size = 0;
        memset(data + at, 0, size);
    }
}

static void hide_bytes(struct player *player, struct said *said)
{
    if (!said->bytes.size || !player->secret_count)
        return;
    uint8_t *data = arena_alloc(player->arena, said->bytes.size);
    if (!data) {
        said->bytes.size = 0;
        player->no_memory = true;
        return;
    }
    memcpy(data, said->bytes.data, said->bytes.size);
    for (size_t i = 0; i < player->secret_count; i++)
        blank(data, said->bytes, player->secrets[i]);
    said->bytes.data = data;
}

/* ---- texts ------------------------------------------------------------- */

/* A secret as texts show it; they are shorter than SPELLED_BYTES. */
struct spelling {
    struct buffer text; /* failed: nothing can be found by it */
    size_t head; /* so much of it surely stands there, wherever it is cut */
};

static struct slice first_bytes(struct slice bytes, size_t most)
{
    return slice_make(bytes.data, bytes.size < most ? bytes.size : most);
}

/* Appends what stands between the quotes. */
static void put_spelled(struct buffer *out, struct slice bytes)
{
    struct buffer quoted = buffer_make(SPELLED_CAP);
    mqtt_print_text(bytes, bytes.size, &quoted);
    if (quoted.failed)
        out->failed = true;
    else
        buffer_append(out, quoted.data + 1, quoted.size - 2);
    buffer_free(&quoted);
}

static struct spelling spell(struct slice secret)
{
    struct spelling spelling = {.text = buffer_make(SPELLED_CAP)};
    put_spelled(&spelling.text, first_bytes(secret, HEAD_BYTES));
    spelling.head = spelling.text.size;
    buffer_clear(&spelling.text);
    put_spelled(&spelling.text, first_bytes(secret, SPELLED_BYTES));
    return spelling;
}

static void append_hidden(struct buffer *out, const char *text,
                          const struct spelling *spelling)
{
    const char *wanted = buffer_string((struct buffer *)&spelling->text);

    while (*text) {
        if (strncmp(text, wanted, spelling->head) != 0) {
            buffer_append(out, text++, 1);
            continue;
        }
        buffer_text(out, "***");
        for (size_t i = 0; *text && *text == wanted[i]; i++)
            text++;
    }
}

static const char *without(struct player *player, const char *text,
                           const struct spelling *spelling)
{
    struct buffer out = buffer_make(1u << 20);
    append_hidden(&out, text, spelling);
    const char *hidden =
        out.failed ? NULL : arena_text(player->arena, buffer_string(&out));
    buffer_free(&out);
    if (!hidden)
        player->no_memory = true;
    return hidden ? hidden : "***";
}

static void hide_text(struct player *player, const struct spelling *spelling,
                      const char **text)
{
    if (!*text || !**text)
        return;
    if (spelling->text.failed)
        *text = "***";
    else if (memmem(*text, strlen(*text), spelling->text.data, spelling->head))
        *text = without(player, *text, spelling);
}

static void hide_finding(struct player *player, const struct spelling *spelling,
                         struct finding *finding)
{
    hide_text(player, spelling, &finding->message);
    hide_text(player, spelling, &finding->expected);
    hide_text(player, spelling, &finding->actual);
}

static void hide_in_texts(struct player *player,
                          const struct spelling *spelling, bool conversation)
{
    for (size_t i = 0; conversation && i < player->said_count; i++)
        hide_text(player, spelling, &player->said[i].text);
    hide_finding(player, spelling, &player->finding);
    hide_text(player, spelling, &player->reason);
    for (size_t i = 0; i < player->warning_count; i++)
        hide_finding(player, spelling, &player->warnings[i]);
    for (size_t i = 0; i < player->note_count; i++)
        hide_text(player, spelling, &player->notes[i]);
    for (size_t i = 0; i < player->passive_count; i++)
        hide_text(player, spelling, &player->passive[i].detail);
}

void hide_secrets(struct player *player, bool conversation)
{
    for (size_t i = 0; conversation && i < player->said_count; i++)
        hide_bytes(player, &player->said[i]);
    for (size_t i = 0; i < player->secret_count; i++) {
        if (player->secrets[i].size < SECRET_MIN)
            continue;
        struct spelling spelling = spell(player->secrets[i]);
        player->no_memory |= spelling.text.failed;
        hide_in_texts(player, &spelling, conversation);
        buffer_free(&spelling.text);
    }
}
